"""A snapshot of advisories, built with the product's own builder."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.failures import CannotRun
from local.samples.feed import write_feed
from shared.advisories.build import build_snapshot
from shared.advisories.feeds import Sources


def build_advisories(target: Path, base: Path | None) -> Path:
    """Build a snapshot file of all ecosystems in a folder of OSV exports, or of the sample advisories.

    Raises CannotRun.
    """
    if base is None:
        base = target.with_name("sample-advisories")
        write_feed(base)
    ecosystems = sorted(archive.parent.name for archive in base.glob("*/all.zip"))
    if not ecosystems:
        raise CannotRun(f"{base} holds no ECOSYSTEM/all.zip: name a folder of OSV exports with --osv")
    built = build_snapshot(target, Sources(str(base), tuple(ecosystems)), None, datetime.now(UTC))
    if broken := [state for state in built.feeds if state.failure]:
        raise CannotRun(f"the advisories for {broken[0].ecosystem} cannot be used: {broken[0].failure}")
    return target
