"""A queue in memory with the rules of the real one: hidden for a while, deleted after success only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from shared.storage.queues import MessageQueue


@dataclass(frozen=True)
class Waiting:
    """A message and the time from which on it is delivered."""

    message: msgspec.Struct
    visible_at: datetime


@dataclass(frozen=True, kw_only=True)
class TimedQueue(MessageQueue):
    """Messages that wait for their time by a clock of the test."""

    now: Callable[[], datetime]
    waiting: list[Waiting] = field(default_factory=list)

    def put(self, message: msgspec.Struct, *, delay: int = 0) -> None:
        self.waiting.append(Waiting(message, self.now() + timedelta(seconds=delay)))

    def depth(self) -> int:
        return len(self.waiting)

    def visible(self) -> list[Waiting]:
        """Return what can be delivered now; it stays until it is deleted."""
        return [one for one in self.waiting if one.visible_at <= self.now()]

    def delete(self, one: Waiting) -> None:
        """Delete a message that was worked off; one that is gone already is fine."""
        self.waiting[:] = [other for other in self.waiting if other is not one]
