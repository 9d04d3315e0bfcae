"""The messages of the queues. They are hints: what is true stands in the log."""

from __future__ import annotations

import binascii
from base64 import b64decode
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec

PARTITIONS: Final = 16
"""How many partitions the stream directory spreads each kind of streams over; the walks are as many."""


class Hint(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``projections``: this stream may have changed, in the course of what the id tells."""

    stream: str
    correlation_id: str = ""


class ScanMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``scans``: this scan was requested and may still be open."""

    stream: str
    scan_id: str
    correlation_id: str = ""


class SweepMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``reconciliations``: this sweep of a registry may not have come to its end."""

    registry: str
    sweep_id: str


class Walk(StrEnum):
    """What is done to every stream, one after the other."""

    SWEEP = "sweep"
    RESCAN = "rescan"
    RULES = "rules"
    ADVISORIES = "advisories"


class Seen(msgspec.Struct, frozen=True, rename="camel"):
    """What a walk did: streams seen, rows projected anew, messages sent, streams that failed."""

    streams: int = 0
    projected: int = 0
    sent: int = 0
    failed: int = 0

    def __add__(self, other: Seen) -> Seen:
        """Add what was done elsewhere."""
        return Seen(
            self.streams + other.streams,
            self.projected + other.projected,
            self.sent + other.sent,
            self.failed + other.failed,
        )


class WalkMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``walks``: a walk that began at a time may not have come to the end of this partition.

    It goes on behind the stream ``after`` of a kind (empty: from the first). ``step`` grows with each message, so that
    one that comes twice is known. A walk for the rules says of which stream, and which of its events: those after
    version ``first``, or the end of what expired ``since``.
    """

    walk: Walk
    at: datetime
    id: str = ""
    partition: Annotated[int, msgspec.Meta(ge=0, lt=PARTITIONS)] = 0
    step: Annotated[int, msgspec.Meta(ge=0)] = 0
    kind: str = ""
    after: str = ""
    seen: Seen = Seen()
    rules: str = ""
    first: Annotated[int, msgspec.Meta(ge=0)] = 0
    since: datetime | None = None
    correlation_id: str = ""


def unencoded(body: bytes) -> bytes:
    """Return what a message says, whether its sender encoded it or not.

    Azure's own senders changed their minds: Event Grid wrote plain text until 2021 and base64 since.
    """
    if body.lstrip()[:1] in (b"{", b"["):
        return body
    try:
        return b64decode(body, validate=True)
    except binascii.Error:
        return body
