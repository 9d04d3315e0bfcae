"""One OSV record, as far as matching and reporting need it; fields that nobody reads are ignored.

Specification: Open Source Vulnerability format 1.7, https://ossf.github.io/osv-schema/. It allows null for most
arrays, so every one of them may be absent or null.
"""

import msgspec


class BadRecord(ValueError):
    """A record that does not follow the OSV format."""


class Event(msgspec.Struct, frozen=True):
    """A point of a range; a well-formed one has exactly one of the fields."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(msgspec.Struct, frozen=True):
    """Intervals of affected versions, written as events; ``type`` is ``ECOSYSTEM``, ``SEMVER`` or ``GIT``."""

    type: str
    events: tuple[Event, ...] = ()


class RatedAs(msgspec.Struct, frozen=True):
    """An entry of ``severity``: a CVSS vector, or the word that a vendor uses."""

    type: str
    score: str


class Specific(msgspec.Struct, frozen=True):
    """What the product reads of ``ecosystem_specific`` and ``database_specific``: the vendor's word on severity.

    ``informational`` is RustSec's word for what is no vulnerability, such as ``unmaintained``.
    """

    severity: object = None
    urgency: object = None
    informational: object = None


class PackageName(msgspec.Struct, frozen=True):
    """A package as OSV names it; the ecosystem carries the release, such as ``Debian:12``."""

    ecosystem: str
    name: str
    purl: str | None = None


class Affected(msgspec.Struct, frozen=True):
    """Which versions of one package have the flaw."""

    package: PackageName | None = None
    ranges: tuple[Range, ...] | None = None
    versions: tuple[str, ...] | None = None
    severity: tuple[RatedAs, ...] | None = None
    ecosystem_specific: Specific | None = None
    database_specific: Specific | None = None


class Reference(msgspec.Struct, frozen=True):
    """A page about the flaw."""

    url: str
    type: str = ""


class Record(msgspec.Struct, frozen=True):
    """An advisory. Times are RFC 3339; ``withdrawn`` is when it was taken back."""

    id: str
    modified: str = ""
    published: str | None = None
    withdrawn: str | None = None
    aliases: tuple[str, ...] | None = None
    upstream: tuple[str, ...] | None = None
    related: tuple[str, ...] | None = None
    summary: str | None = None
    details: str | None = None
    severity: tuple[RatedAs, ...] | None = None
    affected: tuple[Affected, ...] | None = None
    references: tuple[Reference, ...] | None = None
    database_specific: Specific | None = None


_decoder = msgspec.json.Decoder(Record)


def parse_record(content: bytes) -> Record:
    """Return the record that a JSON document holds, or raise BadRecord."""
    try:
        record = _decoder.decode(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadRecord(f"not an OSV record: {error}") from error
    if not record.id:
        raise BadRecord("not an OSV record: it has no id")
    return record
