"""The CVEs of a low EPSS score that rules go by: folded from the log, so that what a rule hides follows from it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from shared.domain.cve_sets import NO_CVES, CveSet
from shared.domain.findings import Finding, flaw_names

_CVE = "CVE-"


class LowScores(msgspec.Struct, frozen=True):
    """The CVEs whose score is below a limit, of a table; ``at_hand`` is false where nobody can rely on it.

    ``version`` is that of the event that put it in force, at the time ``since``, and 0 before anything was adopted.
    ``edition`` is the day of the table. Of a long change that has not been told to its end, ``written`` has what came
    so far, up to version ``told``.
    """

    below: float
    version: int = 0
    since: datetime | None = None
    at_hand: bool = False
    edition: str = ""
    cves: CveSet = NO_CVES
    told: int = 0
    written: CveSet = NO_CVES

    def of(self, names: frozenset[str]) -> frozenset[str] | None:
        """Return which of some flaws have a low score: all that findings of these names are judged by."""
        return frozenset(name for name in names if name in self.cves) if self.at_hand else None

    def hold(self, finding: Finding) -> bool:
        """Say whether a finding's flaw is a CVE, and has a low score under every such name that it has."""
        cves = [name for name in flaw_names(finding) if name.startswith(_CVE)] if self.at_hand else []
        return bool(cves) and all(name in self.cves for name in cves)
