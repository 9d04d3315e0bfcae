"""The app in memory with the log over tables, row by row, so that rows can be looked at and tampered with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from shared.domain import stored_names
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import EventLog
from shared.eventlog.kept_streams import KeptStreams
from shared.eventlog.table_log import TableEventLog
from tests.support.memory_app import MemoryApp


@dataclass(frozen=True)
class StoredApp(MemoryApp):
    """The app of one test, with every row of the log in ``tables``."""

    @cached_property
    def log(self) -> EventLog:
        directory = StreamDirectory(self._table(stored_names.STREAMS_TABLE))
        stored = TableEventLog(self._table(stored_names.EVENTS_TABLE), directory, self.world.clock)
        return KeptStreams(stored, stored_names.RULES_STREAM)

    @property
    def rows(self) -> dict[tuple[str, str], tuple[Any, str]]:
        """The rows of the table ``events``, to be looked at and changed."""
        return cast(dict[tuple[str, str], tuple[Any, str]], self._table(stored_names.EVENTS_TABLE).rows)
