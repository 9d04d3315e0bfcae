"""The app in memory over the log of another one, as after a restart with other settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from shared.eventlog.memory_log import MemoryEventLog
from tests.support.memory_app import MemoryApp


@dataclass(frozen=True)
class SharedLogApp(MemoryApp):
    """The app of one test over the log of ``older``; what it is given of that one's storage is shared as well."""

    older: MemoryApp = field(default_factory=MemoryApp)

    def make_log(self) -> MemoryEventLog:
        return cast(MemoryEventLog, self.older.log)
