"""Matching stored inventories again, as after an update of the advisories."""

import hashlib
from pathlib import Path

import msgspec

from benchmarks.subjects.timed import Outcome, Timed
from shared.advisories.database import AdvisoryDatabase
from shared.domain.packages import Inventory


def decoded(inventory: str, images: str) -> Timed:
    """Time the mere decoding of inventories from their stored form."""
    encoded = Path(inventory).read_bytes()

    def timed() -> Outcome:
        for _ in range(int(images)):
            msgspec.json.decode(encoded, type=Inventory)
        return int(images), {"images": int(images)}

    return timed


def same_layers(inventory: str, advisories: str, images: str) -> Timed:
    """Time the matching of images that share all their layers, the first of them with an untouched database."""
    encoded = Path(inventory).read_bytes()
    return _match([msgspec.json.decode(encoded, type=Inventory) for _ in range(int(images))], advisories)


def own_layers(inventory: str, advisories: str, images: str) -> Timed:
    """Time the matching of images of the same packages, each in layers of its own: no finding can be shared."""
    encoded = Path(inventory).read_bytes()
    digests = {package.layer for package in msgspec.json.decode(encoded, type=Inventory).packages}
    others = [_moved(encoded, digests, number) for number in range(int(images))]
    return _match([msgspec.json.decode(other, type=Inventory) for other in others], advisories)


def stored(inventory: str, advisories: str, images: str) -> Timed:
    """Time all that a rescan does besides storage: decode the inventory, match, encode the report and name it."""
    encoded = Path(inventory).read_bytes()
    database = AdvisoryDatabase(Path(advisories))

    def timed() -> Outcome:
        names = set()
        for _ in range(int(images)):
            report = database.match(msgspec.json.decode(encoded, type=Inventory))
            names.add(hashlib.sha256(msgspec.json.encode(report)).hexdigest())
        return int(images), {"images": int(images), "reports": len(names)}

    return timed


def _match(inventories: list[Inventory], advisories: str) -> Timed:
    database = AdvisoryDatabase(Path(advisories))

    def timed() -> Outcome:
        findings = sum(len(database.match(inventory).findings) for inventory in inventories)
        return len(inventories), {"images": len(inventories), "findings": findings}

    return timed


def _moved(encoded: bytes, digests: set[str], number: int) -> bytes:
    """Return a stored inventory as if its layers were those of another image."""
    for digest in digests:
        other = hashlib.sha256(f"{number} {digest}".encode()).hexdigest()
        encoded = encoded.replace(digest.encode(), f"sha256:{other}".encode())
    return encoded
