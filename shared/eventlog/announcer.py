"""Hints over storage queues: to the projections after every append, to the scanner for every requested scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.events import DomainEvent, ScanRequested
from shared.domain.messages import Hint, ScanMessage
from shared.eventlog.interface import StreamName
from shared.storage.queues import MessageQueue
from shared.trace import correlation_id

_HINT_DELAY = 60
# Longer than the time limit of a scan (host.json, functionTimeout): by then it has ended, or its worker has died.
_SCAN_DELAY = 31 * 60


@dataclass(frozen=True)
class QueueAnnouncer:
    """Sends every hint twice: delayed before the append, at once after it."""

    projections: MessageQueue
    scans: MessageQueue

    def before(self, stream: StreamName, events: Sequence[DomainEvent]) -> None:
        """Leave the delayed hints."""
        self._send(stream, events, _HINT_DELAY, _SCAN_DELAY)

    def after(self, stream: StreamName, events: Sequence[DomainEvent]) -> None:
        """Send the immediate hints."""
        self._send(stream, events, 0, 0)

    def hint(self, stream: StreamName) -> None:
        """Ask for a stream to be projected again, though nothing was appended to it."""
        self.projections.put(Hint(str(stream), correlation_id()))

    def scan(self, stream: StreamName, scan_id: str) -> None:
        """Send a scan to the workers again."""
        self.scans.put(ScanMessage(str(stream), scan_id, correlation_id()))

    def _send(self, stream: StreamName, events: Sequence[DomainEvent], hint_delay: int, scan_delay: int) -> None:
        self.projections.put(Hint(str(stream), correlation_id()), delay=hint_delay)
        for event in events:
            if isinstance(event, ScanRequested):
                self.scans.put(ScanMessage(str(stream), event.scan_id, correlation_id()), delay=scan_delay)
