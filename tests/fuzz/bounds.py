"""Bounds of time for one input, and the stretching of an input that shows what grows faster than it."""

import time
import zlib
from collections.abc import Callable

SECONDS = 2.0
"""Processor time that one input may take, on a slow machine that does something else as well."""

_STRETCHED = 256 * 1024
_STRETCH_ONE_IN = 32


class TooSlow(AssertionError):
    """An input that took longer than any of its size may."""


def bounded(check: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Make a check that also bounds its time; one input in 32 is repeated up to 256 KiB and checked again."""

    def timed(content: bytes) -> None:
        started = time.thread_time()
        check(content)
        taken = time.thread_time() - started
        if taken > SECONDS:
            raise TooSlow(f"{len(content)} bytes took {taken:.1f} seconds")

    def stretching(content: bytes) -> None:
        timed(content)
        if content and zlib.crc32(content) % _STRETCH_ONE_IN == 0:
            timed(content * (_STRETCHED // len(content)))

    return stretching
