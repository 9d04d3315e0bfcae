"""The worker's side of the sandbox: hands a layer over as it is downloaded, and takes what it holds."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.failures import exceeded
from shared.inventory.interface import LayerInventory
from shared.inventory.limits import ScanLimits
from shared.inventory.sandbox.orders import ENDED, FAILED, READ, Confinement, Failure, Order, send_order

_log = logging.getLogger(__name__)

_SERVER = "shared.inventory.sandbox.server"
_ROOT = str(Path(__file__).resolve().parents[3])
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
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __call__(
        self, chunks: Iterable[bytes], *, digest: str, media_type: str, diff_id: str, limits: ScanLimits
    ) -> LayerInventory:
        """Read a layer as :func:`shared.inventory.layer.scan_layer` does, from chunks that are taken as they are read.

        Raises ScanFailure also where the child took too much (limit-exceeded) or died (reader-died).
        """
        order = Order(digest, media_type, diff_id, limits, self._confinement)
        with self._slots:
            channel, ended = self._child()
            with channel, os.fdopen(ended, "rb") as pipe:
                channel.settimeout(limits.seconds + _GRACE_SECONDS)
                try:
                    _hand_over(channel, order, chunks)
                    answer = _take(channel, order)
                except TimeoutError as error:
                    raise _died(order, "its process does not answer") from error
                return _understood(answer, order, pipe.read(ENDED.size))

    def start(self) -> None:
        """Start the server, unless it runs, so that the first layer need not wait for it."""
        with self._lock:
            self._start()

    def close(self) -> None:
        """End the server; children end with what they are doing."""
        with self._lock:
            self._stop()

    def _child(self) -> tuple[socket.socket, int]:
        ours, theirs = socket.socketpair()
        told, tell = os.pipe()
        with theirs:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            self._ask([theirs.fileno(), tell])
        os.close(tell)
        return ours, told

    def _ask(self, files: list[int]) -> None:
        with self._lock:
            try:
                socket.send_fds(self._start(), [b"+"], files)
            except OSError:
                _log.warning("the process that reads layers has ended and is started again")
                self._stop()
                socket.send_fds(self._start(), [b"+"], files)

    def _start(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._server = subprocess.Popen(  # noqa: S603  # our own module, and a number
                    [sys.executable, "-S", "-P", "-m", _SERVER, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    # Nothing of the worker's environment: its credentials are among it.
                    env={"PYTHONPATH": os.pathsep.join([_ROOT, *filter(None, sys.path)]), "PYTHONUTF8": "1"},
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
        return self._control

    def _stop(self) -> None:
        if self._control is not None and self._server is not None:
            self._control.close()
            self._server.wait()
        self._control = self._server = None


def _hand_over(channel: socket.socket, order: Order, chunks: Iterable[bytes]) -> None:
    # A child that has answered early, as of a damaged layer, listens no more: its answer tells why.
    with suppress(BrokenPipeError, ConnectionResetError):
        send_order(channel, order)
        for chunk in chunks:
            channel.sendall(chunk)
        channel.shutdown(socket.SHUT_WR)


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
    return _died(order, "with the server" if status is None else f"status {status}")


def _died(order: Order, how: str) -> ScanFailure:
    return ScanFailure(FailureReason.READER_DIED, f"the process that read layer {order.digest} ended early: {how}")
