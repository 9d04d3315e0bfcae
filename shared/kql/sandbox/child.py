"""The inside of the sandbox: answer one query under limits that the operating system enforces, and end."""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from socket import socket

import msgspec

from shared.kql.facets import facets
from shared.kql.failures import LimitFailure, QueryFailure
from shared.kql.limits import QueryLimits
from shared.kql.query import answer_query
from shared.kql.rendering import render
from shared.kql.sandbox.failures import packed
from shared.kql.sandbox.held import HeldRows, HeldTables
from shared.kql.sandbox.orders import Answered, Failed, Order, receive_order


def run(channel: socket, held: HeldRows) -> None:
    """Work off the order that waits on a channel. The caller ends the process then."""
    order = receive_order(channel)
    confine(order.limits)
    channel.sendall(msgspec.msgpack.encode(_answer(order, held)))


def confine(limits: QueryLimits) -> None:
    """Take from this process, for good, whatever a query does not need: files, sockets, memory, time."""
    if sys.platform == "linux":
        most = _address_space() + limits.memory_bytes
        _limit(resource.RLIMIT_AS, most, most)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    for nothing in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        _limit(nothing, 0, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)


def _limit(kind: int, soft: int, hard: int) -> None:
    """Lower a limit; what the whole service may take is less already where it runs under limits of its own."""
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _address_space() -> int:
    # proc_pid_statm(5): the first number is the size in pages.
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _answer(order: Order, held: HeldRows) -> Answered | Failed:
    try:
        found = answer_query(order.text, HeldTables(held, order), order.now, order.limits)
        count, page = render(found, order.skip, order.most, table=order.table)
        columns = tuple((name, kind.value) for name, kind in found.schema.items())
        return Answered(columns, found.rows.size, count, page, tuple(facets(found, order.facets)))
    except QueryFailure as failure:
        return packed(failure)
    except (MemoryError, RecursionError) as error:
        told = "memory" if isinstance(error, MemoryError) else "levels of nesting"
    return packed(LimitFailure(f"The query needs more {told} than one query may have; narrow it with 'where'."))


def silence() -> None:
    """Let nothing of what a query causes to be printed reach the log of the service."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    with suppress(OSError):
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
    os.close(nowhere)
