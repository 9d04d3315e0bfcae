"""The worker's side of the sandbox: hands a layer over as it is downloaded, and takes what it holds."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from typing import BinaryIO

import msgspec

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.failures import exceeded
from shared.inventory.interface import LayerInventory
from shared.inventory.limits import Confinement, ScanLimits
from shared.inventory.sandbox.orders import ENDED, FAILED, READ, Failure, Order, send_order
from shared.inventory.sandbox.server_process import ServerProcess

_BUFFER = 1024 * 1024
_LONGEST_ANSWER = 256 * 1024 * 1024
# Beyond the time of a layer, in which a child is ended from the inside: nobody waits for one for ever.
_GRACE_SECONDS = 30


class LayerSandbox:
    """Reads layers in processes of their own, as many at a time as ``children``; any thread may ask."""

    def __init__(self, confinement: Confinement, children: int) -> None:
        """Take what a child may use; the first layer starts the server that children are forked from."""
        self._confinement = confinement
        self._slots = threading.BoundedSemaphore(children)
        self.server = ServerProcess()

    def __call__(
        self, chunks: Iterable[bytes], *, digest: str, media_type: str, diff_id: str, limits: ScanLimits
    ) -> LayerInventory:
        """Read a layer as :func:`shared.inventory.layer.scan_layer` does, from chunks that are taken as they are read.

        Raises ScanFailure also where the child took too much (limit-exceeded) or died (reader-died).
        """
        order = Order(digest, media_type, diff_id, limits, self._confinement)
        with self._slots, ExitStack() as opened:
            try:
                channel, pipe = self._child(opened)
            except OSError as error:
                raise _died(order, f"it could not be started ({error})") from error
            channel.settimeout(limits.seconds + _GRACE_SECONDS)
            try:
                complete = _hand_over(channel, order, chunks)
                answer = _take(channel, order)
            except TimeoutError as error:
                raise _died(order, "its process does not answer") from error
            found = _understood(answer, order, pipe.read(ENDED.size))
            if not complete:
                raise _died(order, "it answered before it had read everything")
            return found

    def _child(self, opened: ExitStack) -> tuple[socket.socket, BinaryIO]:
        ours, theirs = socket.socketpair()
        opened.enter_context(ours)
        with theirs:
            told, tell = os.pipe()
            pipe = opened.enter_context(os.fdopen(told, "rb"))
            with os.fdopen(tell, "wb"):
                for end in (ours, theirs):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
                self.server.child(theirs.fileno(), tell)
        return ours, pipe


def _hand_over(channel: socket.socket, order: Order, chunks: Iterable[bytes]) -> bool:
    """Send all of a layer; False if the child listens no more, as it does where a layer is damaged."""
    if not _sent(send_order, channel, order):
        return False
    if not all(_sent(channel.sendall, chunk) for chunk in chunks):
        return False
    return _sent(channel.shutdown, socket.SHUT_WR)


def _sent[**P](send: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> bool:
    try:
        send(*arguments, **named)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _take(channel: socket.socket, order: Order) -> bytearray:
    answer = bytearray()
    with suppress(ConnectionResetError):
        while part := channel.recv(_BUFFER):
            answer += part
            if len(answer) > _LONGEST_ANSWER:
                raise exceeded(f"layer {order.digest}", "inventory bytes", f"more than {_LONGEST_ANSWER} bytes")
    return answer


def _understood(answer: bytearray, order: Order, ended: bytes) -> LayerInventory:
    status = ENDED.unpack(ended)[0] if len(ended) == ENDED.size else None
    told = memoryview(answer)[1:]
    try:
        if status == 0 and answer[:1] == READ:
            return msgspec.json.decode(told, type=LayerInventory)
        if status == 0 and answer[:1] == FAILED:
            failure = msgspec.msgpack.decode(told, type=Failure)
            raise ScanFailure(failure.reason, failure.message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _died(order, f"its process answered with something else ({str(error)[:100]})") from error
    raise _of_status(order, status)


def _of_status(order: Order, status: int | None) -> ScanFailure:
    where = f"layer {order.digest}"
    if status == -signal.SIGXCPU:
        return exceeded(where, "processor seconds", f"more than {order.confinement.cpu_seconds}")
    if status == -signal.SIGALRM:
        return exceeded(where, "seconds", f"more than {order.limits.seconds:g} seconds")
    return _died(order, "with its server, or before it began" if status is None else f"status {status}")


def _died(order: Order, how: str) -> ScanFailure:
    return ScanFailure(FailureReason.READER_DIED, f"the process that read layer {order.digest} ended early: {how}")
