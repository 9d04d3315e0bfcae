"""Reading the records of one feed, and counting what is seen on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from shared.advisories.archive import Limits, read_entries
from shared.advisories.ecosystems import scheme_by_name, scheme_by_records
from shared.advisories.osv import BadRecord, Record, parse_record
from shared.advisories.versions.scheme import Scheme

_MOST_NAMES = 20


@dataclass
class FeedReading:
    """A feed's archive; a record that cannot be read is counted and named, and the others are taken."""

    path: Path
    limits: Limits
    count: int = 0
    unreadable: int = 0
    unreadable_names: list[str] = field(default_factory=list)
    newest_modified: str = ""
    _digests: list[tuple[str, bytes]] = field(default_factory=list)

    def scheme(self, ecosystem: str) -> Scheme | None:
        """Return the version order of the feed's ecosystem, if need be from its records. Raises FeedBroken."""
        return scheme_by_name(ecosystem) or scheme_by_records(ecosystem, FeedReading(self.path, self.limits).records())

    def records(self) -> Iterator[Record]:
        """Yield every readable record. Raises FeedBroken."""
        for name, content in read_entries(self.path, self.limits):
            self._digests.append((name, sha256(content).digest()))
            try:
                record = parse_record(content)
            except BadRecord:
                self._note_unreadable(name)
                continue
            self.count += 1
            self.newest_modified = max(self.newest_modified, record.modified)
            yield record

    def content(self) -> str:
        """Return the sha256, in hex, of all entries that were read, whatever their order and times in the archive."""
        digest = sha256()
        for name, of_entry in sorted(self._digests):
            digest.update(sha256(name.encode("utf-8", "surrogateescape")).digest() + of_entry)
        return digest.hexdigest()

    def _note_unreadable(self, name: str) -> None:
        self.unreadable += 1
        if len(self.unreadable_names) < _MOST_NAMES:
            self.unreadable_names.append(ascii(name)[1:-1][:100])
