"""Sets of CVE names, small in memory and as text: of each year the numbers, where those in a row are one run.

A set that differs from another by a few names shares nearly all with it, so that a fold over a year of changes costs
about what the changes cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

_BLOCK = 1 << 12  # numbers of a block, which is an integer of as many bits
_MOST = 4_000_000  # more than any table of scores may have
_NAME = re.compile(r"CVE-([0-9]{4})-([0-9]{4}|[1-9][0-9]{4,18})", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_NUMBER = "(?:0|[1-9][0-9]{0,18})"
_RUNS = re.compile(rf"{_NUMBER}(?:-{_NUMBER})?(?:,{_NUMBER}(?:-{_NUMBER})?)*+", re.ASCII)

type _Key = tuple[str, int]
type _Blocks = dict[_Key, int]


class InvalidRuns(ValueError):
    """A text that is not the one way to write runs of numbers, or that names too many."""


class Run(NamedTuple):
    """CVEs of a year whose numbers follow on each other, from the first to the last."""

    year: str
    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class CveSet:
    """A set of CVEs that never changes; every block has at least one."""

    def __init__(self, blocks: _Blocks | None = None) -> None:
        """Take blocks as they are: what makes sets of names or runs is below."""
        self._blocks = blocks or {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CveSet) and self._blocks == other._blocks

    def __repr__(self) -> str:
        return f"CveSet({write_runs(self.runs())})"

    def __contains__(self, name: str) -> bool:
        place = _place(name)
        return place is not None and bool(self._blocks.get(place[0], 0) >> place[1] & 1)

    def __len__(self) -> int:
        return sum(map(int.bit_count, self._blocks.values()))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(frozenset(self._blocks.items()))

    def __or__(self, more: CveSet) -> CveSet:
        joined = {key: self._blocks.get(key, 0) | bits for key, bits in more._blocks.items()}
        return CveSet({**self._blocks, **joined}) if joined else self

    def __sub__(self, fewer: CveSet) -> CveSet:
        both = self._blocks.keys() & fewer._blocks.keys()
        if not both:
            return self
        left = dict(self._blocks)
        for key in both:
            left[key] &= ~fewer._blocks[key]
            if not left[key]:
                del left[key]
        return CveSet(left)

    def agrees(self, other: CveSet, names: Iterable[str]) -> bool:
        """Say whether of some names the same are in both sets."""
        places = {place for name in names if (place := _place(name))}
        return all(
            mine is theirs or (mine ^ theirs) >> bit & 1 == 0
            for mine, theirs, bit in ((self._blocks.get(key, 0), other._blocks.get(key, 0), bit) for key, bit in places)
        )

    def runs(self) -> Iterator[Run]:
        """Yield the runs, by year and number."""
        last: Run | None = None
        for (year, block), bits in sorted(self._blocks.items()):
            for first, end in _ones(bits, block * _BLOCK):
                if last and last.year == year and last.last + 1 == first:
                    last = Run(year, last.first, end)
                    continue
                if last:
                    yield last
                last = Run(year, first, end)
        if last:
            yield last


NO_CVES = CveSet()


def cve_set(names: Iterable[str]) -> CveSet:
    """Make a set of names; what is no CVE, or written with zeros that do not belong there, is left out."""
    blocks: _Blocks = {}
    for key, bit in filter(None, map(_place.__wrapped__, names)):
        blocks[key] = blocks.get(key, 0) | 1 << bit
    return CveSet(blocks)


@lru_cache(maxsize=1 << 14)
def _place(name: str) -> tuple[_Key, int] | None:
    """Say where a CVE is: in which block, and at which bit of it."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    block, bit = divmod(int(found[2]), _BLOCK)
    return (found[1], block), bit


def write_runs(runs: Iterable[Run]) -> dict[str, str]:
    """Write runs as text, by year: ``{"2024": "1-3,7,9-20"}``."""
    written: dict[str, list[str]] = {}
    for run in runs:
        written.setdefault(run.year, []).append(str(run))
    return {year: ",".join(texts) for year, texts in written.items()}


def read_runs(written: Mapping[str, str]) -> CveSet:
    """Read runs back; raise InvalidRuns for anything that ``write_runs`` does not write, or more than four million."""
    blocks: _Blocks = {}
    left = _MOST
    for year, text in written.items():
        if not _YEAR.fullmatch(year):
            raise InvalidRuns(f"{ascii(year)[:40]} is no year of CVEs")
        if not _RUNS.fullmatch(text):
            raise InvalidRuns(f"{ascii(text)[:40]} is no list of runs of numbers of {year}")
        left -= _read_year(blocks, year, text, left)
    return CveSet(blocks)


def _read_year(blocks: _Blocks, year: str, text: str, most: int) -> int:
    """Add the runs of a year, and say how many numbers they have."""
    before, count = -2, 0
    for run in text.split(","):
        begin, dash, end = run.partition("-")
        first = int(begin)
        last = int(end) if dash else first
        if first <= before + 1 or (dash and last <= first):
            raise InvalidRuns(f"the runs of {year} are not in order at {run}")
        count += last - first + 1
        if count > most:
            raise InvalidRuns(f"runs that name more than {_MOST} CVEs")
        before = last
        while first <= last:
            block, bit = divmod(first, _BLOCK)
            some = min(last - first + 1, _BLOCK - bit)
            blocks[year, block] = blocks.get((year, block), 0) | ((1 << some) - 1) << bit
            first += some
    return count


def _ones(bits: int, base: int) -> Iterator[tuple[int, int]]:
    """Yield where bits are set, from and to, counted from a base."""
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        bits >>= skipped
        count = (~bits & (bits + 1)).bit_length() - 1
        yield base + skipped, base + skipped + count - 1
        bits >>= count
        base += skipped + count
