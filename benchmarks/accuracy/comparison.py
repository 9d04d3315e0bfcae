"""Comparing two scans: every difference, with its explanation where there is a proof of one."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from benchmarks.accuracy.details import differs_in_fix, differs_in_severity, explain_fix, explain_severity
from benchmarks.accuracy.evidence import Evidence
from benchmarks.accuracy.explanations import Explanation, explain, joined
from benchmarks.accuracy.interface import PackageId, Scan
from benchmarks.accuracy.matters import Matter, pair
from benchmarks.accuracy.records import Advisories

WHERE = ("only ours", "only theirs", "severity", "fix")


class Difference(NamedTuple):
    """A difference: where it lies (one of ``WHERE``), what it is about, and why it is there, if that is known."""

    where: str
    matter: Matter
    explanation: Explanation | None


class Comparison(NamedTuple):
    """Two scans side by side."""

    ours: Scan
    theirs: Scan
    matters: tuple[Matter, ...]
    differences: tuple[Difference, ...]
    joins: Counter[str]

    @property
    def common(self) -> int:
        """How many flaws of packages both found."""
        return sum(bool(matter.ours and matter.theirs) for matter in self.matters)

    @property
    def may_be_of_one_image(self) -> bool:
        """Say whether both name a package in common; where we name none there is nothing to tell by."""
        ours, theirs = _named(self.ours), _named(self.theirs)
        return not ours or bool(ours & theirs)

    @property
    def unexplained(self) -> list[Difference]:
        """The differences without a proof."""
        return [difference for difference in self.differences if difference.explanation is None]


def compare(ours: Scan, theirs: Scan, advisories: Advisories) -> Comparison:
    """Compare two scans of the same image that were made with the same advisories."""
    evidence = Evidence(ours, theirs, advisories)
    matters = tuple(pair(ours, theirs, advisories.aliases))
    differences = tuple(difference for matter in matters for difference in _differences(matter, evidence))
    joins = Counter(one.category for matter in matters for one in joined(matter, evidence))
    return Comparison(ours, theirs, matters, differences, joins)


def _named(scan: Scan) -> set[PackageId]:
    return {sighting.package for sighting in scan.sightings}.union(scan.packages or ())


def _differences(matter: Matter, evidence: Evidence) -> Iterator[Difference]:
    found = partial(Difference, matter=matter)
    if not matter.theirs:
        yield found("only ours", explanation=explain(matter, evidence))
    elif not matter.ours:
        yield found("only theirs", explanation=explain(matter, evidence))
    else:
        if differs_in_severity(matter):
            yield found("severity", explanation=explain_severity(matter, evidence))
        if differs_in_fix(matter):
            yield found("fix", explanation=explain_fix(matter, evidence))
