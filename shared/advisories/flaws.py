"""Merging what several advisories say about one flaw of one package, and choosing the severity among all ratings."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from shared.advisories.details import is_cve
from shared.advisories.schema import Details
from shared.advisories.verdicts import Installed, Verdict, first_fix
from shared.domain.findings import FixStatus, Rating
from shared.domain.severity import Severity

_MAX_REFERENCES = 20
_NEWEST_FIRST = ("CVSS:4", "CVSS:3")


class Claim(NamedTuple):
    """One advisory's verdict on a package, with what it shows and with its ratings for this package."""

    verdict: Verdict
    details: Details
    ratings: tuple[Rating, ...]


type _Named = tuple[tuple[str, ...], Claim]
"""A claim with the names that it gives the flaw."""


class Flaw(NamedTuple):
    """Everything that a finding says about a flaw in a version of a package, wherever that package lies."""

    cve: str | None
    advisory: str
    aliases: tuple[str, ...]
    severity: Severity
    ratings: tuple[Rating, ...]
    cvss: float | None
    published: str | None
    fixed_version: str | None
    fix_status: FixStatus
    references: tuple[str, ...]
    undetermined: str | None
    title: str


def merge(
    claims: Iterable[Claim], installed: Installed, alias_ratings: Callable[[tuple[str, ...]], tuple[Rating, ...]]
) -> tuple[Flaw, ...]:
    """Return one flaw for all claims that share a name of it.

    A CVE id is one flaw by its definition (CVE Program, "CNA Operational Rules", 4.2): claims that share other names
    but are of several CVEs are one flaw for each of these. ``alias_ratings`` gives the ratings that other records of
    the snapshot have for a flaw of some names.
    """
    flaws = (one for group in _groups(_by_flaw(claims)) for one in _one_cve_each(group))
    return tuple(_flaw(names, group, installed, alias_ratings(names)) for names, group in flaws)


def _by_flaw(claims: Iterable[Claim]) -> Iterator[_Named]:
    for claim in claims:
        if not claim.details.covers:
            yield claim.details.names, claim
        for flaw in claim.details.covers:
            yield (flaw,), claim


def _groups(named: Iterable[_Named]) -> Iterator[list[_Named]]:
    groups: dict[str, list[_Named]] = {}
    for names, claim in named:
        joined: list[_Named] = [(names, claim)]
        for other in {id(group): group for name in names if (group := groups.get(name))}.values():
            joined = other + joined
        groups |= dict.fromkeys((name for names, _ in joined for name in names), joined)
    yield from {id(group): group for group in groups.values()}.values()


def _one_cve_each(group: list[_Named]) -> Iterator[tuple[tuple[str, ...], list[Claim]]]:
    cves = {name for names, _ in group for name in names if is_cve(name)}
    for cve in sorted(cves) or [""]:
        others = cves - {cve}
        own = [(names, claim) for names, claim in group if cve in names or others.isdisjoint(names)]
        yield tuple(sorted({name for names, _ in own for name in names} - others)), [claim for _, claim in own]


def _flaw(names: tuple[str, ...], claims: list[Claim], installed: Installed, others: tuple[Rating, ...]) -> Flaw:
    claims.sort(key=_standing)
    decided = [claim for claim in claims if not claim.verdict.undecided]
    verdicts = [claim.verdict for claim in decided]
    fixed = first_fix(installed, verdicts)
    first = claims[0].details
    own = _distinct(rating for claim in claims for rating in (*claim.ratings, *claim.details.ratings))
    severity, score = choose_severity(own, others)
    cve = next(filter(is_cve, names), None)
    every_name = sorted({*names, *(claim.details.id for claim in claims)})
    return Flaw(
        cve=cve,
        advisory=first.id,
        aliases=tuple(name for name in every_name if name != cve),
        severity=severity,
        ratings=_distinct((*own, *others)),
        cvss=score,
        published=min((claim.details.published for claim in claims if claim.details.published), default=None),
        fixed_version=fixed,
        fix_status=_fix_status(fixed, verdicts),
        references=tuple(_distinct(url for claim in claims for url in claim.details.references)[:_MAX_REFERENCES]),
        undetermined=None if decided else claims[0].verdict.undecided,
        title=next((claim.details.title for claim in claims if claim.details.title), ""),
    )


def choose_severity(own: Iterable[Rating], others: Iterable[Rating]) -> tuple[Severity, float | None]:
    """Choose the severity and CVSS base score: the vendor's word, then CVSS, then what aliases say, else unknown."""
    own, others = list(own), list(others)
    words, vectors = _words(own), _vectors(own)
    scored = vectors or _vectors(others)
    chosen = (words or vectors or scored or _words(others))[:1]
    return chosen[0].severity if chosen else Severity.UNKNOWN, scored[0].score if scored else None


def _words(ratings: Iterable[Rating]) -> list[Rating]:
    return sorted((rating for rating in ratings if not rating.vector), key=lambda rating: rating.severity.rank)


def _vectors(ratings: Iterable[Rating]) -> list[Rating]:
    scored = [rating for rating in ratings if rating.score is not None]
    return sorted(scored, key=lambda rating: (_generation(rating.vector), -(rating.score or 0.0)))


def _generation(vector: str) -> int:
    return next((place for place, prefix in enumerate(_NEWEST_FIRST) if vector.startswith(prefix)), 2)


def _standing(claim: Claim) -> tuple[bool, bool, bool, str]:
    """Order claims: decided before undecided, a record of this flaw before an erratum, one with a word, by name."""
    rated = any(not rating.vector for rating in (*claim.ratings, *claim.details.ratings))
    return bool(claim.verdict.undecided), bool(claim.details.covers), not rated, claim.details.id


def _fix_status(fixed: str | None, verdicts: list[Verdict]) -> FixStatus:
    if fixed:
        return FixStatus.FIXED
    if any(row.will_not_fix for verdict in verdicts for row in verdict.rows):
        return FixStatus.WILL_NOT_FIX
    if not verdicts or all(verdict.ends for verdict in verdicts):
        return FixStatus.UNKNOWN
    return FixStatus.NOT_FIXED


def _distinct[T](items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
