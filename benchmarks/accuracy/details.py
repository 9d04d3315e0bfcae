"""Differences in what is said about a flaw that both scanners found: its severity and the version that fixes it."""

from collections.abc import Iterable, Iterator

from cvss import CVSS2, CVSS3, CVSS4

from benchmarks.accuracy.evaluation import Record, fixed_versions
from benchmarks.accuracy.evidence import Evidence
from benchmarks.accuracy.explanations import Explanation
from benchmarks.accuracy.interface import Sighting
from benchmarks.accuracy.matters import Matter
from shared.domain.severity import from_cvss_score

_WORDS = {"important": "high", "moderate": "medium", "unimportant": "negligible", "none": "negligible"}


def differs_in_severity(matter: Matter) -> bool:
    """Say whether the sides share no severity."""
    return not {one.severity for one in matter.ours} & {one.severity for one in matter.theirs}


def explain_severity(matter: Matter, evidence: Evidence) -> Explanation | None:
    """Explain another severity by the ratings of the records: ours is one of them, or there are none."""
    theirs = ", ".join(sorted({one.severity for one in matter.theirs}))
    reasons = {_severity_reason(one, evidence) for one in matter.ours}
    if None in reasons:
        return None
    category, rated = max(filter(None, reasons))
    return Explanation(category, f"{rated}; they say {theirs}")


def _severity_reason(ours: Sighting, evidence: Evidence) -> tuple[str, str] | None:
    own = _rated(evidence.advisories.about(ours.flaws))
    others = _rated(evidence.advisories.rating(ours.flaws))
    if ours.severity in own:
        return "ours is the record's", f"rated {', '.join(sorted(own))}"
    if ours.severity in others and not own:
        return "ours is that of another record of the CVE", f"rated {', '.join(sorted(others))}"
    return ("no record rates it", "ours is unknown") if ours.severity == "unknown" and not own | others else None


def _rated(records: Iterable[Record]) -> set[str]:
    return {rating for record in records for rating in _ratings(record)}


def differs_in_fix(matter: Matter) -> bool:
    """Say whether the sides name fixed versions of which none is the same."""
    ours = {version for one in matter.ours for version in one.fixed}
    theirs = {version for one in matter.theirs for version in one.fixed}
    return ours != theirs and not ours & theirs


def explain_fix(matter: Matter, evidence: Evidence) -> Explanation | None:
    """Explain another fixed version: no record that holds the package is without it, and it is the lowest such."""
    named = {version for entry in evidence.standing(matter) for version in fixed_versions(entry.affected)}
    free = {version for version in named if _is_free(matter, evidence, version)}
    ours = {version for one in matter.ours for version in one.fixed}
    theirs = {version for one in matter.theirs for version in one.fixed}
    if not ours and not free:
        return Explanation("no later version is free of the flaw", f"they name {', '.join(sorted(theirs))}")
    if ours and ours <= free:
        return Explanation("ours is free by every record", f"ours {_list(ours)}; they name {_list(theirs)}")
    return None


def _is_free(matter: Matter, evidence: Evidence, version: str) -> bool:
    order = evidence.order(matter)
    later = order(version, evidence.advised_version(matter.package)) > 0
    return later and all(entry.holds(version, order) is False for entry in evidence.standing(matter))


def _ratings(record: Record) -> Iterator[str]:
    for part in (record, *(record.get("affected") or ())):
        for specific in (part.get("database_specific") or {}, part.get("ecosystem_specific") or {}):
            for word in (specific.get("severity"), specific.get("urgency")):
                if isinstance(word, str):
                    yield _WORDS.get(word.lower(), word.lower())
        for entry in part.get("severity") or ():
            yield _class(entry["score"])
    opening = str(record.get("summary") or "").partition(":")[0].lower()
    yield from (word for word in (_WORDS.get(opening, opening),) if word in ("critical", "high", "medium", "low"))


def _class(score: str) -> str:
    if score.startswith("CVSS:4"):
        return str(from_cvss_score(float(CVSS4(score).base_score)))
    if score.startswith("CVSS:3"):
        return str(from_cvss_score(float(CVSS3(score).base_score)))
    if "/" in score:
        return str(from_cvss_score(min(8.9, float(CVSS2(score).base_score))))
    return _WORDS.get(score.lower(), score.lower())


def _list(versions: set[str]) -> str:
    return ", ".join(sorted(versions)) or "none"
