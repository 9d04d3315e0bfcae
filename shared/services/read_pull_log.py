"""Read the registries' diagnostic logs from where the last reading ended, and note the pulls."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import timedelta

from shared.eventlog.keys import escape
from shared.registry import pull_records
from shared.services.commands import Clock
from shared.services.known_registries import KnownRegistries
from shared.services.record_pull import RecordPull
from shared.storage.blobs import BlobContainer
from shared.storage.tables import Table

_log = logging.getLogger(__name__)
_DAY = re.compile(r"/y=(\d{4})/m=(\d{2})/d=(\d{2})/")
_BLOCK = 1 << 20  # bytes read at once; a record has about one KiB
_LOOK_BACK = timedelta(days=2)


@dataclass(frozen=True)
class ReadPullLog:
    """Follows append blobs of JSON lines; a half line at the end is read again when it is whole."""

    logs: BlobContainer
    offsets: Table
    registries: KnownRegistries
    record_pull: RecordPull
    now: Clock

    def __call__(self) -> int:
        """Read what was appended since the last time; return how many pulls by others were seen."""
        return sum(self._follow(name) for name in self.logs.names("resourceId=") if self._recent(name))

    def _recent(self, name: str) -> bool:
        found = _DAY.search(name)
        if found is None:
            return False
        day = f"{found[1]}-{found[2]}-{found[3]}"
        return day >= (self.now() - _LOOK_BACK).strftime("%Y-%m-%d")

    def _follow(self, name: str) -> int:
        offset, pulls = self._offset(name), 0
        while block := self.logs.read_from(name, offset, _BLOCK):
            end = block.rfind(b"\n") + 1
            if end == 0:
                if len(block) < _BLOCK:
                    break  # a half line
                end = len(block)  # a line of a megabyte is none of ours: skip it
            pulls += sum(self._note(line) for line in block[:end].splitlines())
            offset += end
            # Stored only now: a crash before this reads the block again, and every pull is known by its id.
            self.offsets.upsert({"PartitionKey": "offsets", "RowKey": escape(name), "offset": offset})
        return pulls

    def _note(self, line: bytes) -> bool:
        if not line.strip():
            return False
        try:
            pulled = pull_records.parse(line)
        except pull_records.InvalidRecord as error:
            _log.warning("a line of the pull log cannot be read and is left out: %s", error)
            return False
        if pulled is None or not self.registries.allowed(pulled.registry):
            return False
        self.record_pull(pulled)
        return True

    def _offset(self, name: str) -> int:
        found = self.offsets.get("offsets", escape(name))
        return int(found[0]["offset"]) if found else 0
