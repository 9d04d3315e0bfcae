"""How much memory a scan took at its peak, in this process and those that read layers for it."""

import ctypes
import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.launch import held, read, tree
from shared.inventory.sandbox import server

_EVERY_SECONDS = 0.02


class Growth:
    """Peak growth of resident memory, in MiB, once the work is done; what several processes share counts once."""

    mib = 0.0


@contextmanager
def measured_memory() -> Iterator[Growth]:
    """Measure the growth while the block runs."""
    # What was freed is given back, so that it does not hide what the work takes.
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = peak = _held()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(_EVERY_SECONDS):
            peak = max(peak, _held())

    watching = threading.Thread(target=watch)
    watching.start()
    growth = Growth()
    try:
        yield growth
    finally:
        done.set()
        watching.join()
    growth.mib = (max(peak, _held()) - before) / 2**20


def _held() -> int:
    me, *below = tree(os.getpid())
    # The tests have started other programs too.
    return sum(map(held, (me, *filter(_reads_layers, below))))


def _reads_layers(process: int) -> bool:
    return server.__name__ in read(f"/proc/{process}/cmdline")
