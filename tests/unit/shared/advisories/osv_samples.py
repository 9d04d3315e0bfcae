"""Small OSV feeds and inventories for the tests of the advisories."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from shared.advisories.build import Snapshot, build_snapshot
from shared.advisories.database import AdvisoryDatabase
from shared.advisories.feeds import Sources
from shared.domain.findings import Finding
from shared.domain.packages import Distribution, Inventory, Package

type Json = Mapping[str, object]

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEBIAN = Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)")
ALPINE = Distribution("alpine", "3.19.1", "Alpine Linux v3.19")


def affected(ecosystem: str, name: str, *events: Mapping[str, str], **more: object) -> Json:
    """Return an entry of ``affected``; the events become one range."""
    kind = "SEMVER" if ecosystem in ("npm", "Go") else "ECOSYSTEM"
    ranges = [{"type": kind, "events": list(events)}] if events else []
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more}


def fixed_in(ecosystem: str, name: str, version: str, **more: object) -> Json:
    """Return an entry of ``affected`` for every version before one."""
    return affected(ecosystem, name, {"introduced": "0"}, {"fixed": version}, **more)


def record(name: str, *entries: Json, **more: object) -> Json:
    """Return an OSV record."""
    return {"id": name, "modified": "2026-01-02T03:04:05Z", "affected": list(entries), **more}


def write_feed(
    base: Path, ecosystem: str, records: Iterable[Json], broken: Mapping[str, bytes] | None = None, *, year: int = 2026
) -> Path:
    """Write ``{base}/{ecosystem}/all.zip``.

    ``broken`` are entries that are no records. Equal entries give equal bytes.
    """
    path = base / ecosystem / "all.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        entries = {f"{entry['id']}.json": json.dumps(entry).encode() for entry in records} | dict(broken or {})
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def build(base: Path, target: Path, *ecosystems: str, previous: Path | None = None, **more: object) -> Snapshot:
    """Build a snapshot of the feeds under a directory."""
    sources = Sources(str(base), ecosystems, **more)  # type: ignore[arg-type]
    return build_snapshot(target, sources, previous, NOW)


def database(directory: Path, feeds: Mapping[str, Iterable[Json]]) -> AdvisoryDatabase:
    """Return an open database of some records by ecosystem of their feed."""
    for ecosystem, records in feeds.items():
        write_feed(directory, ecosystem, records)
    return AdvisoryDatabase(build(directory, directory / "snapshot.sqlite", *feeds).path)


def package(ecosystem: str, name: str, version: str, **more: str) -> Package:
    """Return an installed package."""
    found = {"purl": f"pkg:generic/{name}@{version}", "path": "usr/lib/where", "layer": "sha256:aa", **more}
    return Package(name=name, version=version, ecosystem=ecosystem, **found)


def inventory(*packages: Package, distribution: Distribution | None = None) -> Inventory:
    """Return the inventory of an image."""
    return Inventory(packages=packages, distribution=distribution)


def findings_of(found: AdvisoryDatabase, *packages: Package, distribution: Distribution | None = None) -> list[Finding]:
    """Return the findings of an image of some packages."""
    return list(found.match(inventory(*packages, distribution=distribution)).findings)
