"""An event that nobody can read, as a newer version of the product might have written it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from shared.eventlog.interface import Stream, StreamName, UnknownEvent
from shared.eventlog.memory_log import MemoryEventLog
from tests.support.memory_app import MemoryApp


@dataclass
class PoisonedLog(MemoryEventLog):
    """A log in which some streams hold an event of an unknown type."""

    poisoned: set[StreamName] = field(default_factory=set)

    def load(self, name: StreamName, *, after: int = 0) -> Stream:
        if name in self.poisoned:
            raise UnknownEvent("event 3 is of type 'image-weighed', schema 1: upgrade Plimsoll to read it")
        return super().load(name, after=after)


@dataclass(frozen=True)
class PoisonedApp(MemoryApp):
    """The app in memory over a log that can be poisoned, and mended."""

    def poison(self, name: StreamName) -> None:
        self._log.poisoned.add(name)

    def mend(self) -> None:
        self._log.poisoned.clear()

    @property
    def _log(self) -> PoisonedLog:
        return cast(PoisonedLog, self.log)

    def make_log(self) -> MemoryEventLog:
        return PoisonedLog(self.world.clock)
