"""Reading a snapshot of exploit signals."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.advisories.lookup import SnapshotUnusable
from shared.advisories.schema import read_only_uri
from shared.advisories.signals.build import FORMAT
from shared.advisories.signals.interface import EPSS, KEV, SignalFeed
from shared.domain.cve_sets import CveSet, cve_set
from shared.domain.exploits import Exploit, KnownExploited
from shared.domain.findings import Finding, flaw_names

_KEV_ROW = "SELECT added, due, ransomware FROM kev WHERE cve = ?"
_EPSS_ROW = "SELECT score, percentile FROM epss WHERE cve = ?"
_KEPT = 1 << 14
_LIMITS = 16
_NAMES = {KEV: "known exploited vulnerabilities (KEV_URL)", EPSS: "EPSS scores (EPSS_URL)"}


class SignalDatabase:
    """One snapshot file; every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Open a file, or raise SnapshotUnusable."""
        self._lock = threading.Lock()
        self._known = lru_cache(maxsize=_KEPT)(self._look_up)
        self._below = lru_cache(maxsize=_LIMITS)(self._scored_below)
        self._file = sqlite3.connect(read_only_uri(path), uri=True, check_same_thread=False)
        # A database that was superseded is closed when its last user lets go of it.
        self.close = weakref.finalize(self, self._file.close)
        try:
            found = self._file.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            self.close()
            raise SnapshotUnusable(f"{path} is no snapshot of exploit signals: {error}") from error
        if found != (FORMAT,):
            self.close()
            raise SnapshotUnusable(f"{path} is a snapshot of exploit signals of another format")

    def of(self, finding: Finding) -> Exploit:
        """Return what is known of a finding's flaw under any of its names, the worst of it."""
        return self._known(tuple(sorted(name for name in flaw_names(finding) if name.startswith("CVE-"))))

    def exploited(self) -> frozenset[str]:
        """Return all CVEs that are known to be exploited."""
        with self._lock:
            return frozenset(cve for (cve,) in self._file.execute("SELECT cve FROM kev"))

    def scored_below(self, limit: float) -> CveSet:
        """Return all CVEs that have an EPSS score below a limit."""
        return self._below(limit)

    def _scored_below(self, limit: float) -> CveSet:
        with self._lock:
            return cve_set(cve for (cve,) in self._file.execute("SELECT cve FROM epss WHERE score < ?", (limit,)))

    def _look_up(self, cves: Sequence[str]) -> Exploit:
        entries = [KnownExploited(added, due, bool(known)) for added, due, known in self._rows(_KEV_ROW, cves)]
        score, percentile = max(self._rows(_EPSS_ROW, cves), default=(None, None))
        return Exploit(_together(entries), score, percentile)

    def _rows(self, statement: str, cves: Iterable[str]) -> list[tuple[Any, ...]]:
        with self._lock:
            return [row for cve in cves for row in self._file.execute(statement, (cve,))]


@dataclass(frozen=True)
class Signals:
    """A snapshot with how its feeds are: implements ``ExploitSignals``."""

    snapshot: str
    database: SignalDatabase
    without_kev: str = ""
    without_epss: str = ""
    epss_edition: str = ""

    def of(self, finding: Finding) -> Exploit:
        """Return what is known of a finding's flaw under any of its names, the worst of it."""
        return self.database.of(finding)

    def exploited(self) -> frozenset[str]:
        """Return all CVEs that are known to be exploited."""
        return self.database.exploited()

    def scored_below(self, limit: float) -> CveSet:
        """Return all CVEs that have an EPSS score below a limit."""
        return self.database.scored_below(limit)


def _together(entries: Sequence[KnownExploited]) -> KnownExploited | None:
    if not entries:
        return None
    first = min(entries, key=lambda one: (one.added, one.due or ""))
    return KnownExploited(first.added, first.due, any(one.ransomware for one in entries))


def doubt(name: str, feeds: Iterable[SignalFeed], at: datetime, most: timedelta) -> str:
    """Say why a feed cannot be relied on at a time: it is not held, or was not confirmed for longer than ``most``."""
    feed = next((one for one in feeds if one.name == name and one.entries), None)
    if feed is None:
        return f"no {_NAMES[name]} are at hand"
    if datetime.fromisoformat(feed.confirmed_at) < at - most:
        return f"the {_NAMES[name]} are those of {feed.confirmed_at[:10]}: their feed cannot be read"
    return ""
