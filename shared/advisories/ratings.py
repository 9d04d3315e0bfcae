"""Opinions on severity in an OSV record, turned into ratings: a vendor's word, or a CVSS vector with its score."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.advisories.osv import Affected, RatedAs, Record, Specific
from shared.domain.findings import Rating
from shared.domain.severity import Severity, from_cvss_score

if TYPE_CHECKING:
    from cvss import CVSS2, CVSS3, CVSS4

_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.NEGLIGIBLE,
    # Debian's word for a flaw without any effect on its packages, https://security-team.debian.org/security_tracker.html
    "unimportant": Severity.NEGLIGIBLE,
    "none": Severity.NEGLIGIBLE,
    # RustSec's words for notices that name no flaw; "unsound" is one, https://github.com/rustsec/advisory-db.
    "unmaintained": Severity.NEGLIGIBLE,
    "notice": Severity.NEGLIGIBLE,
}

_PUBLISHERS = {
    "ALPINE": "Alpine",
    "ALBA": "AlmaLinux",
    "ALEA": "AlmaLinux",
    "ALSA": "AlmaLinux",
    "AZL": "Azure Linux",
    "DEBIAN": "Debian",
    "DLA": "Debian",
    "DSA": "Debian",
    "GHSA": "GitHub",
    "GO": "Go",
    "PYSEC": "PyPI",
    "RHSA": "Red Hat",
    "RLSA": "Rocky Linux",
    "RUSTSEC": "RustSec",
    "UBUNTU": "Ubuntu",
    "USN": "Ubuntu",
}

# Errata of Red Hat and its rebuilds open their summary with the vendor's word.
_ERRATUM = re.compile(r"(Critical|Important|Moderate|Low): ")
_MAX_VECTOR = 200


def record_ratings(record: Record) -> tuple[Rating, ...]:
    """Return the ratings that a record gives for all of its packages, the vendor's word first."""
    publisher = _publisher(record.id)
    ratings = [*_words(record.database_specific, publisher), *_rated(record.severity, publisher)]
    erratum = _ERRATUM.match(record.summary or "")
    if erratum and not ratings:
        ratings.append(Rating(publisher, _WORDS[erratum[1].lower()]))
    return _words_first(ratings)


def package_ratings(record: Record, affected: Affected) -> tuple[Rating, ...]:
    """Return the ratings that a record gives for one package of one release, the vendor's word first."""
    publisher = _publisher(record.id)
    ratings = [*_words(affected.ecosystem_specific, publisher), *_words(affected.database_specific, publisher)]
    return _words_first([*ratings, *_rated(affected.severity, publisher)])


def will_not_fix(affected: Affected) -> bool:
    """Say whether the vendor leaves a package of one release unfixed.

    Debian's urgency ``end-of-life`` says so of a package that is out of support in a release that is in support
    (https://security-team.debian.org/security_tracker.html); no other database of the format has a word for it.
    """
    specifics = (affected.ecosystem_specific, affected.database_specific)
    return any(specific.urgency == "end-of-life" for specific in specifics if specific)


def _publisher(advisory: str) -> str:
    prefix = advisory.partition("-")[0]
    return _PUBLISHERS.get(prefix, prefix)


def _words(specific: Specific | None, publisher: str) -> Iterable[Rating]:
    for word in (specific.severity, specific.urgency, specific.informational) if specific else ():
        if isinstance(word, str) and (severity := _WORDS.get(word.lower())):
            yield Rating(publisher, severity)


def _rated(entries: Iterable[RatedAs] | None, publisher: str) -> Iterable[Rating]:
    for entry in entries or ():
        if entry.type.startswith("CVSS_"):
            yield _cvss_rating(publisher, entry.score[:_MAX_VECTOR])
        elif severity := _WORDS.get(entry.score.lower()):
            yield Rating(publisher, severity)


def _words_first(ratings: list[Rating]) -> tuple[Rating, ...]:
    return tuple(sorted(dict.fromkeys(ratings), key=lambda rating: bool(rating.vector)))


@lru_cache(maxsize=4096)
def _cvss_rating(publisher: str, vector: str) -> Rating:
    scored = _parse_vector(vector)
    if scored is None:
        return Rating(publisher, Severity.UNKNOWN, None, vector)
    score = float(scored.base_score)
    severity = from_cvss_score(score)
    if severity is Severity.CRITICAL and not vector.startswith("CVSS:"):
        severity = Severity.HIGH  # CVSS 2 knows nothing above high
    return Rating(publisher, severity, score, vector)


def _parse_vector(vector: str) -> "CVSS2 | CVSS3 | CVSS4 | None":
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    reader = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:3") else CVSS2
    try:
        return reader(vector)
    except CVSSError:
        return None  # an unreadable vector is kept as text, and rates nothing
