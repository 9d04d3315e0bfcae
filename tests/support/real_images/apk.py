"""An image of Alpine, whose installed database is written as apk writes it: apk-tools, ``apk(5)``."""

from pathlib import Path

from local.images.image import build_image
from local.images.layers import Entry, File, build_layer
from tests.support.real_images.downloads import Downloads
from tests.support.real_images.listed import Listed, RealImage

# A release to come: one that has passed its end of life is never healthy.
ECOSYSTEM = "Alpine:v3.99"
_SYSTEM: dict[str, Entry] = {
    "etc/os-release": b'ID=alpine\nVERSION_ID=3.99.3\nPRETTY_NAME="Alpine Linux v3.99"\n',
    "bin/busybox": File(b"#!/bin/false\n", 0o755),
    "sbin/apk": File(b"#!/bin/false\n", 0o755),
}
_LOWER = {
    "musl": ("1.2.5-r1", "musl"),
    "libssl3": ("3.3.1-r3", "openssl"),
    "libcrypto3": ("3.3.1-r3", "openssl"),
    "ssl_client": ("1.36.1_p3-r2", "busybox"),
    "libmd": ("1.2.4_git20230717-r4", "libmd"),
    "plim-gone": ("1.0-r1", "plim-gone"),
}
_UPPER = {
    **{name: package for name, package in _LOWER.items() if name != "plim-gone"},
    "libssl3": ("3.3.2-r1", "openssl"),
    "libcrypto3": ("3.3.2-r1", "openssl"),
}


def apk_image(downloads: Downloads, folder: Path) -> RealImage:
    """Make two layers: the upper one upgrades the packages of one origin and removes another package."""
    layers = [build_layer({**_SYSTEM, **_database(_LOWER)}), build_layer(_database(_UPPER))]
    listed = (Listed(ECOSYSTEM, name, version, origin, version) for name, (version, origin) in _UPPER.items())
    return RealImage(build_image(layers), tuple(listed))


def _database(packages: dict[str, tuple[str, str]]) -> dict[str, Entry]:
    stanzas = (
        f"C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:{name}\nV:{version}\nA:x86_64\nS:1\nI:1\nT:Nothing\nL:MIT\no:{origin}\n"
        for name, (version, origin) in packages.items()
    )
    return {"lib/apk/db/installed": "\n".join((*stanzas, "")).encode()}
