"""The worker's side of the sandbox: hands a query over and takes its answer."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import BinaryIO

import msgspec

from shared.kql.failures import LimitFailure, QueryDied, ServerGone, TooSlow
from shared.kql.limits import RESULT_BYTES, QueryLimits
from shared.kql.sandbox.failures import unpacked
from shared.kql.sandbox.orders import ENDED, Answered, Failed, Order, send_order
from shared.kql.sandbox.server_process import Fill, ServerProcess, Wanted
from shared.kql.value_types import SlotPath

_log = logging.getLogger(__name__)

_BUFFER = 1024 * 1024
# A page, and beside it the columns and facets.
_LONGEST_ANSWER = 2 * RESULT_BYTES
# Beyond the time of a query, in which its child is ended from the inside: nobody waits for one for ever.
_GRACE_SECONDS = 10


class QuerySandbox:
    """Answers queries in processes of their own, as many at a time as ``children``; any thread may ask."""

    def __init__(self, children: int) -> None:
        """Take how many may run at a time; the first query starts the server that children are forked from."""
        self._slots = threading.BoundedSemaphore(children)
        self.server = ServerProcess()

    def __call__(self, order: Order, fill: Fill, paths: Sequence[SlotPath] = ()) -> Answered:
        """Answer a query over rows that ``fill`` brings up to date; raise QueryFailure.

        ``paths`` are the slots of rows that it reads: of these the server keeps columns.
        """
        with self._slots:
            try:
                return self._answered(order, fill, paths)
            except ServerGone:
                _log.warning("the process that answers queries has ended and is started again")
                self.server.close()
                return self._answered(order, fill, paths)

    def _answered(self, order: Order, fill: Fill, paths: Sequence[SlotPath]) -> Answered:
        with ExitStack() as opened:
            try:
                channel, pipe, blocks = self._child(opened, fill, paths)
                channel.settimeout(order.limits.seconds + _GRACE_SECONDS)
                with suppress(BrokenPipeError):
                    send_order(channel, msgspec.structs.replace(order, blocks=blocks))
                answer = _take(channel)
            except TimeoutError as error:
                raise QueryDied("the process that answers a query does not answer") from error
            return _understood(answer, order.limits, pipe)

    def _child(
        self, opened: ExitStack, fill: Fill, paths: Sequence[SlotPath]
    ) -> tuple[socket.socket, BinaryIO, Wanted]:
        ours, theirs = socket.socketpair()
        opened.enter_context(ours)
        with theirs:
            told, tell = os.pipe()
            pipe = opened.enter_context(os.fdopen(told, "rb"))
            with os.fdopen(tell, "wb"):
                blocks = self.server.child(theirs.fileno(), tell, fill, paths)
        return ours, pipe, blocks


def _take(channel: socket.socket) -> bytearray:
    answer = bytearray()
    with suppress(ConnectionResetError):
        while part := channel.recv(_BUFFER):
            answer += part
            if len(answer) > _LONGEST_ANSWER:
                raise LimitFailure("The answer is too large.")
    return answer


def _understood(answer: bytearray, limits: QueryLimits, pipe: BinaryIO) -> Answered:
    ended = pipe.read(ENDED.size)
    status = ENDED.unpack(ended)[0] if len(ended) == ENDED.size else None
    if status in (-signal.SIGALRM, -signal.SIGXCPU):
        raise TooSlow(f"The query took more than {limits.seconds:g} seconds; narrow it with 'where'.")
    if status is None:
        raise ServerGone("the process that answers queries has ended")
    if status != 0:
        raise QueryDied(f"the process that answered a query ended early (status {status})")
    try:
        found = msgspec.msgpack.decode(answer, type=Answered | Failed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise QueryDied(f"the process of a query answered with something else ({str(error)[:100]})") from error
    if isinstance(found, Failed):
        raise unpacked(found)
    return found
