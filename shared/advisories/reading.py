"""Reading the records of one feed."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from shared.advisories.archive import Limits, read_entries
from shared.advisories.ecosystems import scheme_by_name, scheme_by_records
from shared.advisories.osv import BadRecord, Record, parse_record
from shared.advisories.versions.scheme import Scheme

_SUFFIX = ".json"


class Entry(NamedTuple):
    """A record of a feed by its name there, with the sha256 of its bytes; without one where it cannot be read."""

    name: str
    digest: bytes
    record: Record | None


def read_entry(name: str, content: bytes) -> Entry:
    """Read one record."""
    digest = sha256(content).digest()
    try:
        return Entry(name, digest, parse_record(content))
    except BadRecord:
        return Entry(name, digest, None)


def read_archive(path: Path, limits: Limits) -> Iterator[Entry]:
    """Yield everything that a feed's archive holds; a record that cannot be read hides no other. Raises FeedBroken."""
    for name, content in read_entries(path, limits):
        shown = name.encode("utf-8", "backslashreplace").decode()
        yield read_entry(shown.removesuffix(_SUFFIX), content)


def find_scheme(ecosystem: str, path: Path, limits: Limits) -> Scheme | None:
    """Return the version order of a feed's ecosystem, if need be from the records of its archive. Raises FeedBroken."""
    records = (entry.record for entry in read_archive(path, limits) if entry.record)
    return scheme_by_name(ecosystem) or scheme_by_records(ecosystem, records)
