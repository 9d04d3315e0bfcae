"""Images with packages of languages on a Debian without any: installed or shipped by the registries' own tools."""

import json
import re
import shutil
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from local.images.image import build_image
from local.images.layers import Compression, File, build_layer
from tests.support.made_images import STATUS, dpkg_status
from tests.support.real_images.debian import ECOSYSTEM, SYSTEM
from tests.support.real_images.downloads import Downloads, run
from tests.support.real_images.listed import Listed, RealImage
from tests.support.real_images.trees import Tree, changes, emptied, tree

_BASE = {**SYSTEM, STATUS: dpkg_status({"plim-base": "1.0-1"})}
_BASE_LISTED = Listed.plain(ECOSYSTEM, "plim-base", "1.0-1")
# Names with capitals, dots and underscores, a post-release, a release candidate, and one that is upgraded later.
_WHEELS = (
    "zope.interface==6.4.post2",
    "typing_extensions==4.9.0",
    "MarkupSafe==3.0.2",
    "packaging==26.0rc1",
    "idna==3.6",
)
_NODE = ("ms@2.0.0", "debug@4.3.4", "@types/estree@1.0.5", "semver@5.7.1")


def python_image(downloads: Downloads, folder: Path) -> RealImage:
    """Install real wheels with pip; the upper layer replaces one and removes another."""
    site = emptied(folder / "site")
    _pip(site, downloads.wheels(*_WHEELS))
    before = tree(site, "usr/lib/python3.13/site-packages")
    _pip(site, downloads.wheels("idna==3.7"), "--upgrade")
    for path in (*site.glob("[Mm]arkup[Ss]afe*"), *site.glob("idna-3.6.dist-info")):
        shutil.rmtree(path)
    after = tree(site, "usr/lib/python3.13/site-packages")
    found = json.loads(run((sys.executable, "-m", "pip", "list", "--path", site, "--format", "json")))
    listed = [_of_pypi(one["name"], one["version"]) for one in found]
    return _image([before, changes(before, after)], listed)


def node_image(downloads: Downloads, folder: Path) -> RealImage:
    """Install real packages with npm, one of them in two versions."""
    root = downloads.node_modules(*_NODE)
    entries = tree(root / "node_modules", "app/node_modules")
    document = json.loads(run(("npm", "ls", "--all", "--json", "--prefix", ".", "--omit=peer"), root))
    return _image([entries], sorted(set(_dependencies(document))))


def go_image(downloads: Downloads, folder: Path) -> RealImage:
    """Take a real program of Go from npm; what it was built from is read with a regular expression."""
    (package,) = downloads.npm_packages("@esbuild/linux-x64@0.25.0").glob("*.tgz")
    with tarfile.open(package) as archive:
        member = archive.extractfile("package/bin/esbuild")
        assert member is not None
        program = member.read()
    version = re.search(rb"go(1\.\d+(?:\.\d+)?)\x00?", program[program.rindex(b"\xff Go buildinf:") :])
    modules = set(re.findall(rb"\ndep\t([^\t\n]+)\tv([^\t\n]+)", program))
    assert version is not None
    listed = [Listed.plain("Go", "stdlib", f"v{version[1].decode()}")]
    listed += [Listed.plain("Go", name.decode(), f"v{found.decode()}") for name, found in sorted(modules)]
    return _image([{"app/esbuild": File(program, 0o755)}], listed, "zstd")


def rust_image(downloads: Downloads, folder: Path) -> RealImage:
    """Take a real program of Rust from a wheel; the list of its crates is the one JSON document that inflates."""
    (wheel,) = downloads.wheels("prek==0.5.11").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/scripts/prek"))
        program = archive.read(name)
    crates = {
        (crate["name"], crate["version"])
        for crate in _audit(program)
        if crate.get("kind", "runtime") == "runtime" and (crate["source"] != "local" or crate.get("root"))
    }
    listed = [Listed.plain("crates.io", name, version) for name, version in sorted(crates)]
    return _image([{"usr/local/bin/prek": File(program, 0o755)}], listed, "zstd")


def java_image(downloads: Downloads, folder: Path) -> RealImage:
    """Take a real library of Java from a Debian package, where dpkg does not know of it: alone and in a web archive."""
    (deb,) = downloads.debs("libcommons-lang3-java").glob("*.deb")
    root = emptied(folder / "java")
    run(("dpkg-deb", "-x", deb, root))
    library = root / "usr/share/java/commons-lang3.jar"
    shop = folder / "shop.war"
    with zipfile.ZipFile(shop, "w") as war:
        war.write(library, "WEB-INF/lib/commons-lang3.jar")
    with zipfile.ZipFile(library) as jar:
        (pom,) = (name for name in jar.namelist() if name.endswith("/pom.properties"))
        facts = dict(re.findall(r"^(\w+)=(.+)$", jar.read(pom).decode(), re.MULTILINE))
    listed = Listed.plain("Maven", f"{facts['groupId']}:{facts['artifactId']}", facts["version"].strip())
    return _image([{"opt/lang.jar": library.read_bytes(), "srv/shop.war": shop.read_bytes()}], [listed])


def _image(trees: Iterable[Tree], listed: Iterable[Listed], compression: Compression = "gzip") -> RealImage:
    layers = [build_layer(_BASE), *(build_layer(entries, compression) for entries in trees)]
    return RealImage(build_image(layers), (_BASE_LISTED, *listed))


def _pip(site: Path, wheels: Path, *options: str) -> None:
    platform = ("--platform", "manylinux2014_x86_64", "--python-version", "3.13", "--only-binary", ":all:")
    command = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile", *platform)
    run((*command, *options, "--target", site, *sorted(wheels.glob("*.whl"))))


def _of_pypi(name: str, version: str) -> Listed:
    return Listed("PyPI", name, version, canonicalize_name(name), version)


def _dependencies(package: dict[str, dict[str, dict[str, str]]]) -> Iterator[Listed]:
    for name, found in package.get("dependencies", {}).items():
        yield Listed.plain("npm", name, str(found["version"]))
        yield from _dependencies(found)  # type: ignore[arg-type]


def _audit(program: bytes) -> list[dict[str, str]]:
    for found in re.finditer(rb"x[\x01\x5e\x9c\xda]", program):
        try:
            document = json.loads(zlib.decompressobj().decompress(program[found.start() : found.start() + 2**20]))
        except (zlib.error, ValueError):
            continue
        if isinstance(document, dict) and "packages" in document:
            return list(document["packages"])
    raise AssertionError("the program does not say what it was built from")
