"""What crosses the border of the sandbox: rows on their way in, a query, and its answer.

On the control socket go messages: what it is (one byte), its length, and its content. Rows are pickled, so that parts
that many rows share stay one object; they come from the service itself, never from outside. Before a query comes which
slots of which blocks it reads by a path of names. The query comes with two
descriptors: a channel, on which its order is read and the answer written, and a pipe that tells how its process ended.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from socket import socket
from typing import Any

import msgspec

from shared.kql.limits import QueryLimits

MESSAGE = struct.Struct("<cI")
"""The head of a message on the control socket: its kind, and the length of what follows."""

ROWS, PATHS, QUERY = b"R", b"P", b"Q"
ENDED = struct.Struct("<i")
"""How a child ended: its exit status, or minus the signal that ended it."""

_LENGTH = struct.Struct("<I")

type Block = tuple[str, str]
"""The table and the name of rows that are put in, and taken out, together."""

type Rows = Sequence[Mapping[str, Any]]


class FacetOrder(msgspec.Struct, frozen=True):
    """A facet that is asked for: a column, how to sort (by it or by ``count``), which values, and how many."""

    expression: str
    sort_by: str = "count"
    descending: bool = True
    text: str = ""
    most: int = 10


class Facet(msgspec.Struct, frozen=True):
    """A facet: how many values there are, and rows of a value and its count; ``found`` is False without the column."""

    expression: str
    found: bool
    total: int = 0
    rows: tuple[dict[str, object], ...] = ()


class Order(msgspec.Struct, frozen=True):
    """A query: its text, its time (ticks), the rows that it may see, and the page that is wanted.

    Rows are those of some blocks by table, and of some subscriptions (in lower case), or of all for None.
    """

    text: str
    now: int = 0
    blocks: dict[str, list[str]] = {}
    subscriptions: tuple[str, ...] | None = None
    limits: QueryLimits = QueryLimits()
    skip: int = 0
    most: int = 1000
    table: bool = False
    facets: tuple[FacetOrder, ...] = ()


class Answered(msgspec.Struct, frozen=True, tag="answer"):
    """What a query gave: its columns and their types, all its rows counted, and the page as JSON."""

    columns: tuple[tuple[str, str], ...]
    total: int
    count: int
    page: bytes
    facets: tuple[Facet, ...] = ()


class Failed(msgspec.Struct, frozen=True, tag="failure"):
    """A QueryFailure on its way: its class, and what it is made of."""

    kind: str
    message: str
    at: int | None
    token: str = ""
    expected: str = ""


def send_order(channel: socket, order: Order) -> None:
    """Send an order."""
    packed = msgspec.msgpack.encode(order)
    channel.sendall(_LENGTH.pack(len(packed)) + packed)


def receive_order(channel: socket) -> Order:
    """Receive an order; raise EOFError if the other side has gone."""
    (length,) = _LENGTH.unpack(exactly(channel, _LENGTH.size))
    return msgspec.msgpack.decode(exactly(channel, length), type=Order)


def exactly(channel: socket, size: int) -> bytes:
    """Receive so many bytes; raise EOFError if the other side has gone."""
    received = bytearray()
    while len(received) < size:
        part = channel.recv(min(size - len(received), 1024 * 1024))
        if not part:
            raise EOFError("the message is cut off")
        received += part
    return bytes(received)
