"""Small real images for tests: a Debian root with the packages that a test names, and the advisories for them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local.images.image import Format, Image, build_image
from local.images.layers import Entry, File, Layer, build_layer

STATUS = "var/lib/dpkg/status"
_SHELL = File(b"#!/bin/false\n", mode=0o755)


def dpkg_status(packages: Mapping[str, str]) -> bytes:
    """Write a dpkg status file of installed packages."""
    stanzas = [
        f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n"
        for name, version in packages.items()
    ]
    return "\n".join(stanzas).encode()


def debian_layer(packages: Mapping[str, str], release: str = "12", extra: Mapping[str, Entry] | None = None) -> Layer:
    """Make the base layer of a Debian image."""
    entries: dict[str, Entry] = {
        "etc/os-release": f'ID=debian\nVERSION_ID="{release}"\nPRETTY_NAME="Debian GNU/Linux {release}"\n'.encode(),
        "usr/bin/dpkg": _SHELL,
        "bin/sh": _SHELL,
        STATUS: dpkg_status(packages),
    }
    return build_layer({**entries, **(extra or {})})


def debian_image(packages: Mapping[str, str], *, release: str = "12", image_format: Format = "docker") -> Image:
    """Make a Debian image of one layer."""
    return build_image([debian_layer(packages, release)], format=image_format)


def write_feed(base: Path, ecosystem: str, records: list[dict[str, object]]) -> None:
    """Write ``{base}/{ecosystem}/all.zip`` with records in OSV form."""
    folder = base / ecosystem
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "all.zip.new"
    with zipfile.ZipFile(fresh, "w") as archive:
        for record in records:
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    fresh.replace(folder / "all.zip")


def debian_advisory(
    cve: str, package: str, fixed: str | None, *, release: str = "12", score_vector: str = ""
) -> dict[str, object]:
    """Make an advisory for a Debian source package, fixed in a version or not at all."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    ecosystem = f"Debian:{release}"
    return {
        "id": f"DEBIAN-{cve}",
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-10-01T00:00:00Z",
        "upstream": [cve],
        "severity": [{"type": "CVSS_V3", "score": score_vector}] if score_vector else [],
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package, "purl": f"pkg:deb/debian/{package}?arch=source"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }


CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOW = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
