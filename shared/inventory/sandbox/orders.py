"""What crosses the border of the sandbox: the order to read one layer, its content, and the answer.

On a channel, a stream socket, the client sends the length of the order, the order and the compressed layer up to the
end of the stream; the child answers with one byte and what it tells. How it ended comes from the server on a pipe.
"""

import struct
from socket import socket

import msgspec

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.limits import Confinement, ScanLimits

READ, FAILED = b"+", b"-"
"""The first byte of an answer: before the JSON of a LayerInventory, and before a Failure."""

ENDED = struct.Struct("<i")
"""How a child ended: its exit status, or minus the signal that ended it."""

_LENGTH = struct.Struct("<I")


class Order(msgspec.Struct, frozen=True):
    """One layer to be read, and what that may take."""

    digest: str
    media_type: str
    diff_id: str
    limits: ScanLimits
    confinement: Confinement


class Failure(msgspec.Struct, frozen=True):
    """A ScanFailure on its way."""

    reason: FailureReason
    message: str

    @classmethod
    def of(cls, failure: ScanFailure) -> "Failure":
        """Pack a ScanFailure."""
        return cls(failure.reason, failure.message)


def send_order(channel: socket, order: Order) -> None:
    """Send an order."""
    packed = msgspec.msgpack.encode(order)
    channel.sendall(_LENGTH.pack(len(packed)) + packed)


def receive_order(channel: socket) -> Order:
    """Receive an order, or raise EOFError if the client has gone."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return msgspec.msgpack.decode(_exactly(channel, length), type=Order)


def _exactly(channel: socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = channel.recv(size - len(received))
        if not part:
            raise EOFError("the order is cut off")
        received += part
    return received
