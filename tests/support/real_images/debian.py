"""Debian images, installed by dpkg from packages of the archive and from some that are built here."""

from collections.abc import Mapping
from pathlib import Path

from local.images.image import build_image
from local.images.layers import Entry, File, build_layer
from tests.support.real_images.downloads import Downloads, run
from tests.support.real_images.listed import Listed, RealImage
from tests.support.real_images.trees import changes, emptied, only, tree

ECOSYSTEM = "Debian:12"
SYSTEM: dict[str, Entry] = {
    "etc/os-release": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "usr/bin/dpkg": File(b"#!/bin/false\n", 0o755),
    "bin/sh": File(b"#!/bin/false\n", 0o755),
}
# One with an epoch, one that was rebuilt without a change of its source, one that is its own source.
REAL = ("zlib1g", "libbz2-1.0", "hostname")
_FIELDS = "${Package}\t${Version}\t${source:Package}\t${source:Version}\n"
_EGG = {"usr/lib/python3/dist-packages/plimpy-1.0.egg-info": b"Metadata-Version: 1.0\nName: plimpy\nVersion: 1.0\n"}


def debian_image(downloads: Downloads, folder: Path) -> RealImage:
    """Make one layer: real packages, one built here with another source, one that owns a package of Python."""
    root = _root(folder)
    library = _deb(folder, "libplim1", "2:1.0~rc1-3+b2", source="plim (1:0.9-1)")
    _install(root, *_real(downloads), library, _deb(folder, "python3-plimpy", "1.0-1", files=_EGG))
    site = "usr/lib/python3/dist-packages/plimpip-1.0.dist-info/METADATA"
    installed_by_pip = {site: b"Metadata-Version: 2.1\nName: plimpip\nVersion: 1.0\n"}
    layer = build_layer({**SYSTEM, **tree(root), **installed_by_pip})
    return RealImage(
        build_image([layer], format="docker"),
        (*_installed(root), Listed.plain("PyPI", "plimpip", "1.0")),
        owned=(Listed.plain("PyPI", "plimpy", "1.0"),),
    )


def upgraded_image(downloads: Downloads, folder: Path) -> RealImage:
    """Make two layers: in the upper one a package is upgraded, one downgraded, one removed and one new."""
    root = _root(folder)
    extra = {"usr/share/plim-gone/file": b"content"}
    lower = [_deb(folder, "plim-up", "1.0-1"), _deb(folder, "plim-down", "1:2.0-1"), _deb(folder, "plim-same", "1.0-1")]
    _install(root, *_real(downloads), *lower, _deb(folder, "plim-gone", "1.0-1", files=extra))
    before = tree(root)
    upper = [_deb(folder, "plim-up", "1.0-2"), _deb(folder, "plim-down", "1:1.0-1"), _deb(folder, "plim-new", "1.0-1")]
    _install(root, *upper)
    _dpkg(root, "--purge", "plim-gone")
    after = tree(root)
    layers = [build_layer({**SYSTEM, **before}), build_layer(changes(before, after), "zstd")]
    return RealImage(build_image(layers), _installed(root))


def distroless_image(downloads: Downloads, folder: Path) -> RealImage:
    """Make an image without dpkg: each package's own fields in ``status.d``; the second layer whites one out."""
    root, second = emptied(folder / "distroless"), {}
    status = "var/lib/dpkg/status.d"
    (root / status).mkdir(parents=True)
    debs = _real(downloads)
    for deb in debs:
        run(("dpkg-deb", "-x", deb, root))
        (root / status / deb.name.partition("_")[0]).write_text(run(("dpkg-deb", "-f", deb)))
    second[f"{status}/.wh.{debs[0].name.partition('_')[0]}"] = b""
    os_release = only(SYSTEM, "etc/os-release")
    layers = [build_layer({**os_release, **tree(root)}), build_layer(second)]
    shown = (run(("dpkg-deb", "--showformat", _FIELDS, "-W", deb)) for deb in debs[1:])
    return RealImage(build_image(layers), tuple(_listed(line) for text in shown for line in text.splitlines()))


def _real(downloads: Downloads) -> list[Path]:
    return sorted(downloads.debs(*REAL).glob("*.deb"))


def _root(folder: Path) -> Path:
    root = emptied(folder / "root")
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    return root


def _install(root: Path, *debs: Path) -> None:
    _dpkg(root, "--install", *debs)


def _dpkg(root: Path, *arguments: str | Path) -> None:
    # Nothing is run from the packages: none of them has a script of its own.
    forced = ("--force-not-root", "--force-depends", "--force-downgrade", "--force-bad-path", "--log=/dev/null")
    run(("dpkg", f"--root={root}", *forced, *arguments))


def _installed(root: Path) -> tuple[Listed, ...]:
    lines = run(("dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f", _FIELDS)).splitlines()
    return tuple(map(_listed, lines))


def _listed(line: str) -> Listed:
    name, version, source, source_version = line.split("\t")
    return Listed(ECOSYSTEM, name, version, source, source_version)


def _deb(folder: Path, name: str, version: str, source: str = "", files: Mapping[str, bytes] | None = None) -> Path:
    content = emptied(folder / f"build-{name}")
    for path, body in {f"usr/share/doc/{name}/copyright": b"MIT\n", **(files or {})}.items():
        (content / path).parent.mkdir(parents=True, exist_ok=True)
        (content / path).write_bytes(body)
    control = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Test <test@example.com>\n"
    control += f"Source: {source}\n" if source else ""
    (content / "DEBIAN").mkdir()
    (content / "DEBIAN/control").write_text(f"{control}Description: A package of nothing\n")
    target = folder / f"{name}_{version.rpartition(':')[2]}.deb"
    run(("dpkg-deb", "--build", "--root-owner-group", content, target))
    return target
