"""Mutations without a coverage-guided fuzzer: for machines that have none, and for the quick pass in the tests."""

import random
import time
from collections.abc import Callable, Iterator, Sequence

from tests.fuzz.bounds import bounded
from tests.fuzz.interface import Target

_ODD: tuple[bytes, ...] = (
    b"\0",
    b"\xff",
    b"\n",
    b"\n\n",
    b"\r",
    b"\x1b[31m",
    b"..",
    b"/",
    b" ",
    b"\xed\xa0\x80",
    b"\x80",
    b"0",
    b"-1",
    b"{",
    b"[",
)
_ODD += (
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0\0\0\0\0",
    b"9" * 30,
    b"A" * 600,
    b'"',
    b"\\u",
    b"\\ud800",
)
_MOST_CHANGES = 8


class FailingInput(Exception):
    """An input that a check did not stand; the cause says why."""

    def __init__(self, content: bytes) -> None:
        super().__init__(f"{content[:2000]!r}")
        self.content = content


def mutations(seeds: Sequence[bytes], longest: int, seed: int) -> Iterator[bytes]:
    """Yield changed inputs without end; equal seeds give equal ones."""
    chance = random.Random(seed)
    while True:
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, _MOST_CHANGES)):
            _change(content, chance, seeds)
        yield bytes(content[:longest])


def hammer(target: Target, seconds: float, seed: int) -> int:
    """Check mutations for some seconds of wall time and return how many; raises FailingInput."""
    check, end, count = bounded(target.check), time.monotonic() + seconds, 0
    inputs = mutations(target.seeds(), target.longest, seed)
    while time.monotonic() < end:
        _checked(check, next(inputs))
        count += 1
    return count


def check_some(target: Target, count: int, seed: int = 0) -> None:
    """Check the seeds and some mutations of them, the same ones every time; raises FailingInput."""
    check, seeds = bounded(target.check), target.seeds()
    for content in seeds:
        _checked(check, content)
    for _number, content in zip(range(count), mutations(seeds, target.longest, seed), strict=False):
        _checked(check, content)


def _checked(check: Callable[[bytes], None], content: bytes) -> None:
    try:
        check(content)
    except Exception as error:
        raise FailingInput(content) from error


def _change(content: bytearray, chance: random.Random, seeds: Sequence[bytes]) -> None:
    at = chance.randint(0, len(content))
    to = min(len(content), at + chance.choice((0, 1, 1, 2, 4, 8, 64, 1024)))
    match chance.randrange(7):
        case 0:
            content[at:to] = b""
        case 1:
            content[at:at] = content[at:to] * chance.randint(1, 8)
        case 2:
            content[at:to] = chance.choice(_ODD)
        case 3:
            content[at:to] = chance.randbytes(to - at)
        case 4 if at < len(content):
            content[at] ^= 1 << chance.randrange(8)
        case 5:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            content[at:to] = other[start : start + to - at]
        case _:
            del content[at if at > len(content) // 2 else len(content) :]
