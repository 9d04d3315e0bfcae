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

    def agrees(self, other: LowScores, names: frozenset[str]) -> bool:
        """Say whether findings whose flaws have no other names than these are judged the same."""
        if not self.at_hand or not other.at_hand:
            return self.at_hand is other.at_hand
        return self.cves is other.cves or self.cves.agrees(other.cves, names)

    def hold(self, finding: Finding) -> bool:
        """Say whether a finding's flaw is a CVE, and has a low score under every such name that it has."""
        cves = [name for name in flaw_names(finding) if name.startswith(_CVE)] if self.at_hand else []
        return bool(cves) and all(name in self.cves for name in cves)
