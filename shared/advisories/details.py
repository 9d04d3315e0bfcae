"""What a snapshot keeps of an OSV record besides the affected versions."""

import re

from shared.advisories.ecosystems import is_language
from shared.advisories.osv import Record
from shared.advisories.ratings import record_ratings
from shared.advisories.schema import Details

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.ASCII)
_DERIVED = re.compile(r"[A-Z]+-(CVE-[0-9]{4}-[0-9]{4,19})", re.ASCII)
_URL = re.compile(r"https?://[!-~]{1,500}", re.ASCII | re.IGNORECASE)

_MAX_REFERENCES = 12
_MAX_TITLE = 200

# Bug-fix and enhancement errata of AlmaLinux share a feed with the security ones, and are no flaws.
_NO_FLAW = ("ALBA-", "ALEA-")


def is_flaw(record: Record) -> bool:
    """Say whether a record describes a flaw that stands: neither withdrawn nor a mere bug fix, which names no CVE."""
    if record.withdrawn:
        return False
    names = (*(record.aliases or ()), *(record.upstream or ()), *(record.related or ()))
    return not record.id.startswith(_NO_FLAW) or any(is_cve(name) for name in names)


def details_of(record: Record) -> Details:
    """Return the part of a record that findings show."""
    names, covers = _flaws(record)
    return Details(
        id=record.id,
        names=names,
        covers=covers,
        published=record.published,
        title=_title(record),
        references=_references(record),
        ratings=record_ratings(record),
    )


def is_cve(name: str) -> bool:
    """Say whether a name of a flaw is its CVE id."""
    return _CVE.fullmatch(name) is not None


def _flaws(record: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
    derived = _DERIVED.fullmatch(record.id)
    upstream = list(record.upstream or ())
    if not derived and not upstream and not record.aliases and not _is_of_language(record):
        # Errata of distributions that predate the field ``upstream`` name what they fix as ``related``.
        upstream = [name for name in record.related or () if is_cve(name)]
    names = [record.id, *(record.aliases or ())]
    if derived:
        names.append(derived[1])
    elif len(upstream) == 1:
        names += upstream
    elif upstream:
        covered = [name for name in record.aliases or () if is_cve(name)]
        return tuple(name for name in names if name not in covered), tuple(dict.fromkeys(covered + upstream))
    return tuple(dict.fromkeys(names)), ()


def _is_of_language(record: Record) -> bool:
    packages = (affected.package for affected in record.affected or ())
    return any(package and is_language(package.ecosystem.partition(":")[0]) for package in packages)


def _title(record: Record) -> str:
    text = (record.summary or record.details or "").strip()
    return text.partition("\n")[0].strip()[:_MAX_TITLE]


def _references(record: Record) -> tuple[str, ...]:
    urls = (reference.url for reference in record.references or () if _URL.fullmatch(reference.url))
    return tuple(dict.fromkeys(urls))[:_MAX_REFERENCES]
