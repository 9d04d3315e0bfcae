"""An image of AlmaLinux whose packages rpmbuild made and rpm installed, in two layers."""

from pathlib import Path

from local.images.image import build_image
from local.images.layers import Entry, File, build_layer
from tests.support.real_images.downloads import Downloads, run
from tests.support.real_images.listed import Listed, RealImage
from tests.support.real_images.trees import changes, emptied, tree

ECOSYSTEM = "AlmaLinux:9"
_SYSTEM: dict[str, Entry] = {
    "etc/os-release": b'ID="almalinux"\nVERSION_ID="9.4"\nPRETTY_NAME="AlmaLinux 9.4 (Seafoam Ocelot)"\n',
    "usr/bin/rpm": File(b"#!/bin/false\n", 0o755),
    "usr/bin/sh": File(b"#!/bin/false\n", 0o755),
}
_SPEC = """
Name: plim
Epoch: 1
Version: {version}
Release: {release}
Summary: A package of nothing
License: MIT
BuildArch: noarch
%description
Nothing.
%package libs
Summary: Another version
Epoch: 0
Version: 2.0~rc1
%description libs
Nothing.
%package tools
Summary: With a caret
Version: 3.0^git5
%description tools
Nothing.
%files
%files libs
%files tools
"""


def rpm_image(downloads: Downloads, folder: Path) -> RealImage:
    """Install three packages of one source, and upgrade one of them in the upper layer."""
    root = emptied(folder / "root")
    old, new = _built(folder, "1.10", "2.el9"), _built(folder, "1.10", "10.el9")
    _rpm(root, "-i", *old)
    before = tree(root)
    _rpm(root, "-U", *(package for package in new if package.name.startswith("plim-1")))
    layers = [build_layer({**_SYSTEM, **before}), build_layer(changes(before, tree(root)))]
    return RealImage(build_image(layers, format="docker"), _listed(root))


def _built(folder: Path, version: str, release: str) -> list[Path]:
    spec, top = folder / f"plim-{release}.spec", folder / f"top-{release}"
    spec.write_text(_SPEC.format(version=version, release=release))
    run(("rpmbuild", "--quiet", "-bb", "--define", f"_topdir {top}", spec))
    return sorted(top.glob("RPMS/noarch/*.rpm"))


def _rpm(root: Path, *arguments: str | Path) -> str:
    database = ("--dbpath", root / "var/lib/rpm", "--define", "_db_backend sqlite")
    return run(("rpm", *database, "--nodigest", "--nosignature", *_quietly(arguments)))


def _quietly(arguments: tuple[str | Path, ...]) -> tuple[str | Path, ...]:
    changing = arguments[0] != "-qa"
    return (*arguments[:1], "--justdb", "--nodeps", *arguments[1:]) if changing else arguments


def _listed(root: Path) -> tuple[Listed, ...]:
    lines = _rpm(root, "-qa", "--qf", "%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n").splitlines()
    installed = (line.split("\t") for line in sorted(lines))
    # Advisories may well name the epoch 0, which is not shown.
    return tuple(Listed(ECOSYSTEM, name, version.removeprefix("0:"), name, version) for name, version in installed)
