"""What each piece of work asks of storage. tests/unit/benchmarks/scale holds these against the real services."""

from __future__ import annotations

from typing import Final, NamedTuple


class Work(NamedTuple):
    """Storage requests of one piece of work, with everything that follows from it.

    ``messages`` are those of both queues, each put, got and deleted: three requests. The others are requests as Azure
    bills them; ``rules`` and ``pointer`` are those of the table reads that go to one partition each.
    """

    table_reads: int
    table_writes: int
    messages: int
    blob_reads: int
    blob_writes: int
    rules: int
    pointer: int

    @property
    def table_requests(self) -> int:
        """All requests to tables."""
        return self.table_reads + self.table_writes

    @property
    def requests(self) -> int:
        """All requests to the storage account."""
        return self.table_requests + 3 * self.messages + self.blob_reads + self.blob_writes


PUSH: Final = Work(45, 9, 8, 3, 2, rules=6, pointer=6)
"""A push of a new image that takes a tag over from another: two appends, a scan, a charge, two rows."""

RESCAN: Final = Work(29, 4, 6, 3, 2, rules=4, pointer=4)
"""A weekly rescan, or one for new advisories: the stored inventory is matched, nothing is pulled."""

SWEEP: Final = 2
"""Requests for each image of a walk that finds nothing to repair: its row, and the head of its stream."""

RESCAN_REQUEST: Final = Work(4, 1, 4, 0, 0, rules=0, pointer=0)
"""For each image whose rescan a walk requests; all but the look at the row is part of the rescan above."""

UNCONCERNED: Final = 1
"""Requests for each image of a walk for new advisories that do not concern it: its row."""

RULE: Final = Work(6, 1, 1, 1, 0, rules=1, pointer=1)
"""For each image that a change of a rule reaches: a hint, and the projection that follows from it."""

LAYER_READS: Final = 1
LAYER_WRITES: Final = 1
"""Requests to blobs for each layer of a pushed image that is not known yet; for a known one the read alone."""
