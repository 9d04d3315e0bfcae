"""The plan as every service needs it: folded, and kept in memory until its stream grows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from shared.domain import plan
from shared.domain.plan import Plan
from shared.eventlog.interface import EventLog, StreamName


@dataclass
class PlanReader:
    """Reads the plan of one subscription; only what was appended since the last time is read again."""

    log: EventLog
    stream: StreamName
    _plan: Plan = field(default_factory=Plan)
    _version: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, at: datetime | None = None) -> Plan:
        """Return the plan as of now, or as the log knew it at a time."""
        if at is not None:
            return plan.fold(one for one in self.log.load(self.stream).events if one.meta.recorded_at <= at)
        with self._lock:
            stream = self.log.load(self.stream, after=self._version)
            for recorded in stream.events:
                self._plan = plan.evolve(self._plan, recorded)
            self._version = stream.version
            return self._plan
