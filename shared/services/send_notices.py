"""Send what waits in the outbox to an Event Grid topic."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from shared.projections.outbox import PARTITIONS, Outbox, SendingState, WaitingNotice
from shared.services.commands import Clock

_log = logging.getLogger(__name__)
_MOST = 200  # notices read at a time
# A request holds at most 1 MB (learn.microsoft.com, "Azure Event Grid quotas and limits").
_MOST_BYTES = 800_000


class TopicUnreachable(Exception):
    """A topic did not take what was sent; the message says which and why."""


class Topic(Protocol):
    """Where notices go."""

    def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Send CloudEvents in one request, or raise TopicUnreachable."""
        ...


@dataclass(frozen=True)
class SendNotices:
    """Sends the oldest first. A notice is forgotten after it was sent: should that fail, it is sent again as it was.

    A topic that is away costs nothing but time: everything waits until it is back.
    """

    outbox: Outbox
    topic: Topic
    now: Clock

    def __call__(self) -> int:
        """Send all that waits and return how much was sent; what cannot be sent now is left, and noted."""
        sent = 0
        try:
            for partition in PARTITIONS:
                while waiting := self.outbox.waiting(partition, _MOST):
                    for batch in _batches(waiting):
                        self.topic.send([one.event for one in batch])
                        self.outbox.sent(batch)
                        sent += len(batch)
        except TopicUnreachable as error:
            _log.warning("notices wait: %s", error)
            before = self.outbox.state()
            self.outbox.put_state(SendingState(before.sent_at, self.now(), str(error)[:1000]))
        else:
            if sent:
                self.outbox.put_state(SendingState(self.now()))
        return sent

    def status(self) -> dict[str, Any]:
        """Tell how many notices wait, and how the sending goes."""
        return {"pending": self.outbox.pending(), **msgspec.to_builtins(self.outbox.state())}


def _batches(waiting: Sequence[WaitingNotice]) -> Iterator[list[WaitingNotice]]:
    batch: list[WaitingNotice] = []
    size = 0
    for one in waiting:
        length = len(msgspec.json.encode(one.event))
        if batch and size + length > _MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch
