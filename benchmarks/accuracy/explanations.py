"""Why two scanners differ. A reason counts only with its proof; what has none stays unexplained."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.accuracy.evaluation import ranges
from benchmarks.accuracy.evidence import Evidence
from benchmarks.accuracy.matters import Matter
from benchmarks.accuracy.records import Entry

# Kinds of package that nobody claims we read; one of any other kind that we do not list has to be looked into.
_READ = frozenset(("deb", "apk", "rpm", "pypi", "npm", "golang", "maven", "nuget", "gem", "cargo", "composer"))
_NO_FLAW = ("ALBA-", "ALEA-")


class Explanation(NamedTuple):
    """A kind of difference, and the fact that proves this one to be of it."""

    category: str
    proof: str


type Rule = Callable[[Matter, Evidence], Explanation | None]


def explain(matter: Matter, evidence: Evidence) -> Explanation | None:
    """Explain a finding that only one of both has, or return None."""
    rules = _THEIRS_ALONE if matter.theirs else _OURS_ALONE
    return next(filter(None, (rule(matter, evidence) for rule in rules)), None)


def _owned(matter: Matter, evidence: Evidence) -> Explanation | None:
    if not evidence.reads(evidence.ours, matter.package):
        return None
    known = (evidence.ours.packages or {})[matter.package]
    if not known.owner:
        return None
    return Explanation("owned by an OS package", f"{known.path} came with {known.owner}, which its vendor maintains")


def _kind_not_read(matter: Matter, evidence: Evidence) -> Explanation | None:
    kind = matter.package.kind
    return None if kind in _READ else Explanation("a kind that we do not read", f"packages of kind {kind} are not read")


def _withdrawn(matter: Matter, evidence: Evidence) -> Explanation | None:
    entries = [one for one in evidence.entries(matter) if evidence.is_of_release(one)]
    if not entries or not all(one.record.get("withdrawn") for one in entries):
        return None
    return Explanation("withdrawn", _told(entries, "was withdrawn"))


def _no_record(matter: Matter, evidence: Evidence) -> Explanation | None:
    if evidence.advisories.about(matter.flaws):
        return None
    return Explanation(
        "our advisories lack the record", f"none of {_named(matter)} is in the advisories that were given"
    )


def _not_this_package(matter: Matter, evidence: Evidence) -> Explanation | None:
    records = evidence.advisories.about(matter.flaws)
    if not records or evidence.entries(matter):
        return None
    return Explanation("the record names other packages", f"{records[0]['id']} says nothing of {matter.package.name}")


def _other_release(matter: Matter, evidence: Evidence) -> Explanation | None:
    entries = evidence.entries(matter)
    if not entries or any(evidence.is_of_release(one) for one in entries):
        return None
    releases = ", ".join(sorted({one.ecosystem for one in entries}))
    return Explanation("the record is of another release", f"{entries[0].record['id']} is for {releases}")


def _no_flaw(matter: Matter, evidence: Evidence) -> Explanation | None:
    standing = evidence.standing(matter)
    if not standing or not all(one.record["id"].startswith(_NO_FLAW) for one in standing):
        return None
    return Explanation("an erratum that fixes no flaw", _told(standing, "is a bug fix or an enhancement"))


def _not_affected(matter: Matter, evidence: Evidence) -> Explanation | None:
    version, order = evidence.advised_version(matter.package), evidence.order(matter)
    standing = evidence.standing(matter)
    if not standing or any(one.holds(version, order) is not False for one in standing):
        return None
    if version != matter.package.version and any(one.holds(matter.package.version, order) for one in standing):
        return Explanation("they compare the version of the binary", _told(standing, f"does not hold source {version}"))
    return Explanation("they apply the range otherwise", _told(standing, f"does not hold {version}"))


def _not_listed(matter: Matter, evidence: Evidence) -> Explanation | None:
    if evidence.reads(evidence.theirs, matter.package) is not False or not evidence.holding(matter):
        return None
    others = [one for one in evidence.theirs.packages or {} if one.name == matter.package.name]
    if others:
        return Explanation("they read another version", f"they list {others[0]}, we {matter.package}")
    return Explanation("a package that they do not list", f"{matter.package} is not among their packages")


def _foreign(matter: Matter, evidence: Evidence) -> Explanation | None:
    if not evidence.holding(matter) or not evidence.installed(matter.package).foreign:
        return None
    return Explanation(
        "a package that they take for another's", f"{matter.package} is not the distribution's, they say"
    )


def _undetermined(matter: Matter, evidence: Evidence) -> Explanation | None:
    reasons = [one.undetermined for one in matter.ours]
    return Explanation("undetermined, not silent", reasons[0]) if all(reasons) else None


def _by_the_record(matter: Matter, evidence: Evidence) -> Explanation | None:
    holding = evidence.holding(matter)
    if not holding:
        return None
    entry = holding[0]
    version = evidence.advised_version(matter.package)
    return Explanation(_missed(entry, evidence, matter), f"{entry.record['id']} holds {version}: {_shape(entry)}")


def _missed(entry: Entry, evidence: Evidence, matter: Matter) -> str:
    events = list(ranges(entry.affected))
    kinds = [kind for part in events for kind, _ in part]
    if not events:
        return "they miss it: versions are listed one by one"
    if not any(kind in ("fixed", "last_affected") for kind in kinds):
        return "they miss it: no version is fixed"
    if kinds.count("introduced") > 1:
        return "they miss it: the record has several intervals"
    return "their database lacks the record, or they pass it over"


def _shape(entry: Entry) -> str:
    parts = [" ".join(f"{kind} {version}" for kind, version in part) for part in ranges(entry.affected)]
    return "; ".join(parts)[:120] or f"{len(entry.affected.get('versions') or ())} versions listed"


def _told(entries: list[Entry], what: str) -> str:
    return f"{', '.join(sorted({one.record['id'] for one in entries}))} {what}: {_shape(entries[0])}"


def _named(matter: Matter) -> str:
    return ", ".join(sorted(matter.flaws))


_THEIRS_ALONE: tuple[Rule, ...] = (
    *(_owned, _kind_not_read, _withdrawn, _no_record, _not_this_package, _other_release),
    *(_no_flaw, _not_affected),
)
_OURS_ALONE: tuple[Rule, ...] = (_not_listed, _foreign, _by_the_record, _undetermined)


def joined(matter: Matter, evidence: Evidence) -> Iterator[Explanation]:
    """Explain that one side has several findings where the other has fewer."""
    ours, theirs = len(matter.ours), len(matter.theirs)
    if ours and theirs and theirs > ours:
        yield Explanation("alias merge", f"{_named(matter)} are names of one flaw")
    elif ours and theirs and ours > theirs:
        yield Explanation("an erratum of several flaws, or several places", f"we list {ours}, they {theirs}")
