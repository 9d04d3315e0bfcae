"""Decide and append: load a stream, let a pure function decide, append, and start again on a conflict."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.domain.events import DomainEvent, RecordedEvent
from shared.eventlog.interface import (
    Appended,
    Command,
    CommandReused,
    EventLog,
    OutcomeUnknown,
    StreamName,
    VersionConflict,
)
from shared.trace import traced

_log = logging.getLogger(__name__)
_ATTEMPTS = 6
# An append must happen well before its delayed hint shows up (60 s), else the hint could find nothing and be lost.
# The service itself may take 30 s to carry a request out (Table service, "Query timeout and pagination").
_DEADLINE_SECONDS = 20


class Announcer(Protocol):
    """Tells the rest of the product what is appended to a stream."""

    def before(self, stream: StreamName, events: Sequence[DomainEvent]) -> None:
        """Leave hints that show up later: should the process die after the append, they are what remains."""
        ...

    def after(self, stream: StreamName, events: Sequence[DomainEvent]) -> None:
        """Send hints that show up at once."""
        ...


@dataclass(frozen=True)
class Transactor:
    """Appends to the log and announces it: a delayed hint before, an immediate one after every append."""

    log: EventLog
    announcer: Announcer
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def run[State](
        self,
        name: StreamName,
        fold: Callable[[Iterable[RecordedEvent]], State],
        command: Command,
        decide: Callable[[State], list[DomainEvent]],
    ) -> Appended:
        """Append what ``decide`` says of the stream's state; on a conflict load and decide again.

        Raise the last conflict when several attempts failed: the trigger will deliver again.
        """
        with traced(correlation_id=command.correlation_id, stream=str(name)):
            return self._run(name, fold, command, decide)

    def _run[State](
        self,
        name: StreamName,
        fold: Callable[[Iterable[RecordedEvent]], State],
        command: Command,
        decide: Callable[[State], list[DomainEvent]],
    ) -> Appended:
        hinted_at = 0.0
        hinted: list[DomainEvent] = []
        unanswered: list[DomainEvent] = []
        for attempt in range(_ATTEMPTS):
            stream = self.log.load(name)
            events = decide(fold(stream.events))
            if not events:
                if unanswered:  # the append that got no answer has happened
                    self.announcer.after(name, unanswered)
                return Appended(stream.version, ())
            if events != hinted or self.clock() - hinted_at > _DEADLINE_SECONDS:
                self.announcer.before(name, events)
                hinted, hinted_at = events, self.clock()
            try:
                appended = self.log.append(stream, command, events)
            except (VersionConflict, OutcomeUnknown, CommandReused) as error:
                if attempt == _ATTEMPTS - 1:
                    raise
                if isinstance(error, OutcomeUnknown):
                    unanswered = events
                self.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 - jitter, no secret
                continue
            self.announcer.after(name, [recorded.event for recorded in appended.events])
            if not appended.duplicate:
                _log.info("appended %s", ", ".join(type(one.event).__name__ for one in appended.events))
            return appended
        raise AssertionError("unreachable")
