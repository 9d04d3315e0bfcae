"""Read how the service itself is: feeds, queues, dead letters, versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.projections.dead_letters import DeadLetters
from shared.storage.queues import MessageQueue

VERSION = "0.1.0"


@dataclass(frozen=True)
class QueryStatus:
    """Gathers the status; ``feeds`` tells of the advisory snapshot, ``signals`` of that of exploit signals."""

    queues: tuple[MessageQueue, ...]
    dead_letters: DeadLetters
    feeds: Callable[[], Mapping[str, Any]]
    projections: Callable[[], Mapping[str, Any]]
    versions: Mapping[str, str]
    notices: Callable[[], Mapping[str, Any]] = dict
    watching: Callable[[], Mapping[str, Any]] = dict
    signals: Callable[[], Mapping[str, Any]] = dict

    def __call__(self) -> dict[str, Any]:
        """Return the status as ``GET /api/status`` shows it."""
        return {
            "status": "running",
            "versions": {"plimsoll": VERSION, **self.versions},
            "advisories": self.feeds(),
            "signals": self.signals(),
            "projections": self.projections(),
            "notices": {"enabled": bool(told := self.notices()), **told},
            **self.watching(),
            "queues": {queue.name: queue.depth() for queue in self.queues},
            "deadLetters": {"count": self.dead_letters.count(), "newest": self.dead_letters.newest(10)},
        }

    def figures(self) -> dict[str, Any]:
        """Return the numbers that alerts are made of, small enough for one line of the log.

        ``feedsSince`` is when the feed that was not read for the longest time was last read, or null without a feed;
        ``failedFeeds`` counts those whose last try failed.
        """
        feeds = self.feeds().get("feeds", ())
        return {
            "queues": {queue.name: queue.depth() for queue in self.queues},
            "deadLetters": self.dead_letters.count(),
            "oldestHintSeconds": self.projections()["lag"]["oldestHintSeconds"] or 0,
            "feedsSince": min((feed["confirmedAt"] for feed in feeds), default=None) or None,
            "failedFeeds": sum(1 for feed in feeds if feed["failure"]),
        }
