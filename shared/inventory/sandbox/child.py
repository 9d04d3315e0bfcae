"""The inside of the sandbox: read one layer under limits that the operating system enforces, answer, and end."""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from socket import socket

import msgspec

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.failures import exceeded
from shared.inventory.layer import scan_layer
from shared.inventory.limits import Confinement
from shared.inventory.sandbox.orders import FAILED, READ, Failure, Order, receive_order

# The readers look at the clock themselves and say more of what took so long; this is for what never returns to them.
_GRACE_SECONDS = 2
_PIECE = 64 * 1024


def run(channel: socket) -> None:
    """Work off the order that waits on a channel. The caller ends the process then."""
    order = receive_order(channel)
    confine(order.confinement, order.limits.seconds)
    channel.sendall(_answer(order, _content(channel)))


def confine(confinement: Confinement, seconds: float) -> None:
    """Take from this process, for good, whatever reading a layer does not need: files, sockets, memory."""
    if sys.platform == "linux":
        most = _address_space() + confinement.memory_bytes
        _limit(resource.RLIMIT_AS, most, most)
    _limit(resource.RLIMIT_CPU, confinement.cpu_seconds, confinement.cpu_seconds + 1)
    for nothing in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        _limit(nothing, 0, 0)
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)


def _limit(kind: int, soft: int, hard: int) -> None:
    """Lower a limit; what the whole service may take is less already where it runs under limits of its own."""
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _address_space() -> int:
    # proc_pid_statm(5): the first number is the size in pages.
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _content(channel: socket) -> Iterator[bytes]:
    while piece := channel.recv(_PIECE):
        yield piece


def _answer(order: Order, content: Iterator[bytes]) -> bytes:
    failure = ScanFailure(FailureReason.READER_DIED, "")
    try:
        read = scan_layer(
            content, digest=order.digest, media_type=order.media_type, diff_id=order.diff_id, limits=order.limits
        )
        return READ + msgspec.json.encode(read)
    except ScanFailure as error:
        failure = error
    except MemoryError:
        failure = exceeded(f"layer {order.digest}", "memory", f"more than {order.confinement.memory_bytes} bytes")
    except Exception as error:
        told = f"reading layer {order.digest} failed with {type(error).__name__}: {str(error)[:200]!a}"
        failure = ScanFailure(FailureReason.READER_DIED, told)
    # Out of the handler, so that the traceback no longer keeps alive what was read.
    return FAILED + msgspec.msgpack.encode(Failure.of(failure))


def silence() -> None:
    """Let nothing of what an image causes to be printed reach the log of the service."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    with suppress(OSError):
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
    os.close(nowhere)
