"""Which registries are watched, as the log says: read whole, and kept in memory for a short while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from shared.domain import watched_registry
from shared.domain.stored_names import REGISTRY_STREAM
from shared.domain.watched_registry import WatchedRegistry
from shared.eventlog.interface import EventLog

_KEPT = timedelta(seconds=30)  # how long a worker may not know of a registry that another one enabled


@dataclass
class RegistryReader:
    """Reads the streams of all registries: few events each, many streams at a read."""

    log: EventLog
    now: Callable[[], datetime]
    _known: tuple[datetime, Mapping[str, WatchedRegistry]] | None = field(default=None)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self) -> Mapping[str, WatchedRegistry]:
        """Return every registry that was ever watched, by login server; what is known may be half a minute old."""
        with self._lock:
            now = self.now()
            if self._known is None or not timedelta(0) <= now - self._known[0] < _KEPT:
                self._known = now, self.read()
            return self._known[1]

    def read(self, at: datetime | None = None) -> Mapping[str, WatchedRegistry]:
        """Return the same as of now, or as the log knew it at a time."""
        found: dict[str, WatchedRegistry] = {}
        for history in self.log.histories(REGISTRY_STREAM):
            events = [one for one in history.read() if at is None or one.meta.recorded_at <= at]
            if events:
                found[history.name.parts[0]] = watched_registry.fold(events)
        return found

    def forget(self) -> None:
        """Let the next question be answered from the log: this worker has just changed it."""
        with self._lock:
            self._known = None
