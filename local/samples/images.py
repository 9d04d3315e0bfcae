"""The sample images, made on the spot: one for each answer that Plimsoll can give.

They are of a distribution that does not exist, so that the sample advisories never speak about a real image.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from local.images.image import Image, ImageIndex, build_image, build_index
from local.images.layers import Entry, File, Layer, Symlink, build_layer

DISTRIBUTION = "plimsoll-sample"

_STATUS = "var/lib/dpkg/status"
_PROGRAM = File(b"#!/bin/false\n", mode=0o755)

_SHOP = {
    "oakum": "7-1",
    "openhull": "1.2.0-1",
    "libmast4": "4.0-2",
    "signalflags": "0.9-1",
    "bilgepump": "2.5-1",
    "lantern": "1:3.0-1",
    "parrot": "1.1-1",
    "ropelocker": "5-1",
}
# Everything that has a fix is upgraded, and parrot, which has none, is thrown overboard.
_SHOP_UPGRADED = {
    "oakum": "7-1",
    "openhull": "1.2.3-1",
    "libmast4": "4.1-1",
    "signalflags": "1.0-1",
    "bilgepump": "2.6-1",
    "lantern": "1:3.0-2",
    "ropelocker": "5-1",
}
_SOURCES = {"libmast4": "mast"}


class Sample(NamedTuple):
    """An image or index, and the name under which it is pushed."""

    repository: str
    tag: str
    content: Image | ImageIndex

    @property
    def images(self) -> tuple[Image, ...]:
        """The platform images behind the name."""
        return self.content.images if isinstance(self.content, ImageIndex) else (self.content,)


def build_samples() -> list[Sample]:
    """Make all samples; every call gives the same bytes."""
    base = _distribution_layer(DISTRIBUTION, "1", _SHOP, "amd64")
    upgrade = build_layer({_STATUS: _dpkg_status(_SHOP_UPGRADED, "amd64")})
    mystery = _distribution_layer("plimsoll-mystery", "7", {"fog": "1-1"}, "amd64")
    return [
        Sample("samples/shop", "1.0", build_image([base], format="docker")),
        Sample("samples/shop", "1.1", build_image([base, upgrade], format="docker")),
        Sample("samples/tools", "1.0", _tools()),
        Sample("samples/legacy", "1.0", _windows()),
        Sample("samples/mystery", "1.0", build_image([mystery], format="docker")),
    ]


def _tools() -> ImageIndex:
    # One platform was built again after the fix and the other forgotten: each is assessed for itself.
    amd64 = _distribution_layer(DISTRIBUTION, "1", {"bilgepump": "2.6-1"}, "amd64")
    arm64 = _distribution_layer(DISTRIBUTION, "1", {"bilgepump": "2.5-1"}, "arm64")
    return build_index([build_image([amd64], architecture="amd64"), build_image([arm64], architecture="arm64")])


def _windows() -> Image:
    layer = build_layer({"Files/License.txt": b"Not a real Windows image.\n"})
    return build_image([layer], os="windows", os_version="10.0.20348.2227", format="docker")


def _distribution_layer(name: str, version: str, packages: Mapping[str, str], architecture: str) -> Layer:
    entries: dict[str, Entry] = {
        "etc/os-release": Symlink("../usr/lib/os-release"),
        "usr/bin/dpkg": _PROGRAM,
        "usr/bin/sh": _PROGRAM,
        "usr/lib/os-release": f'ID={name}\nVERSION_ID={version}\nPRETTY_NAME="{name} {version}"\n'.encode(),
        "bin": Symlink("usr/bin"),
        _STATUS: _dpkg_status(packages, architecture),
    }
    return build_layer(entries)


def _dpkg_status(packages: Mapping[str, str], architecture: str) -> bytes:
    stanzas = (_stanza(name, version, architecture) for name, version in sorted(packages.items()))
    return "\n".join(stanzas).encode()


def _stanza(name: str, version: str, architecture: str) -> str:
    lines: Iterable[str] = [
        f"Package: {name}",
        "Status: install ok installed",
        *([f"Source: {_SOURCES[name]}"] if name in _SOURCES else []),
        f"Version: {version}",
        f"Architecture: {architecture}",
        "Maintainer: Plimsoll samples <samples@plimsoll.invalid>",
        "Description: made-up package of a sample image",
    ]
    return "\n".join(lines) + "\n"
