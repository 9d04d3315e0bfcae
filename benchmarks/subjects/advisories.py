"""Making and opening a snapshot of advisories, beside the mere reading of their records."""

import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.subjects.timed import Outcome, Timed
from shared.advisories.build import build_snapshot
from shared.advisories.database import AdvisoryDatabase
from shared.advisories.feeds import Sources
from shared.domain.packages import Inventory


def decoded(export: str) -> Timed:
    """Time the mere reading of all records: inflate, and decode the JSON."""

    def timed() -> Outcome:
        records = 0
        for archive in sorted(Path(export).glob("*/all.zip")):
            with zipfile.ZipFile(archive) as file:
                for name in file.namelist():
                    msgspec.json.decode(file.read(name))
                    records += 1
        return records, {"records": records}

    return timed


def built(export: str) -> Timed:
    """Time the building of a snapshot of all feeds, with no snapshot before it."""
    ecosystems = tuple(sorted(archive.parent.name for archive in Path(export).glob("*/all.zip")))

    def timed() -> Outcome:
        with tempfile.TemporaryDirectory(dir=export) as folder:
            target = Path(folder) / "snapshot.sqlite"
            snapshot = build_snapshot(target, Sources(export, ecosystems), None, datetime.now(UTC))
            records = sum(state.records for state in snapshot.feeds)
            return records, {"records": records, "bytes": target.stat().st_size}

    return timed


def opened(snapshot: str, inventory: str) -> Timed:
    """Time the opening of a snapshot, and the match of one image that nothing was looked up for yet."""
    packages = msgspec.json.decode(Path(inventory).read_bytes(), type=Inventory)

    def timed() -> Outcome:
        AdvisoryDatabase(Path(snapshot)).match(packages)
        return 1, {"packages": len(packages.packages)}

    return timed


def merely_opened(snapshot: str) -> Timed:
    """Time the opening of a snapshot alone."""

    def timed() -> Outcome:
        AdvisoryDatabase(Path(snapshot))
        return 1, {"bytes": Path(snapshot).stat().st_size}

    return timed
