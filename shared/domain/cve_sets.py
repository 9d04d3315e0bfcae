"""Sets of CVE names, small in memory and as text: of each year the numbers, where those in a row are one run.

A set that differs from another by a few names shares nearly all with it, so that a fold over a year of changes costs
about what the changes cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

_BLOCK = 1 << 12  # numbers of a block, which is an integer of as many bits
_MOST = 4_000_000  # more than any table of scores may have
_NAME = re.compile(r"CVE-([0-9]{4})-([0-9]{4}|[1-9][0-9]{4,18})", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_RUN = re.compile(r"(0|[1-9][0-9]{0,18})(?:-([1-9][0-9]{0,18}))?", re.ASCII)

type _Blocks = dict[tuple[str, int], int]


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
        found = _NAME.fullmatch(name)
        if found is None:
            return False
        block, bit = divmod(int(found[2]), _BLOCK)
        return bool(self._blocks.get((found[1], block), 0) >> bit & 1)

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
    for found in filter(None, map(_NAME.fullmatch, names)):
        block, bit = divmod(int(found[2]), _BLOCK)
        key = found[1], block
        blocks[key] = blocks.get(key, 0) | 1 << bit
    return CveSet(blocks)


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
        before = -2
        for run in (_run(year, part) for part in text.split(",")):
            if run.first <= before + 1:
                raise InvalidRuns(f"the runs of {year} are not in order at {run}")
            before, left = run.last, left - (run.last - run.first + 1)
            if left < 0:
                raise InvalidRuns(f"runs that name more than {_MOST} CVEs")
            _fill(blocks, run)
    return CveSet(blocks)


def _run(year: str, text: str) -> Run:
    found = _RUN.fullmatch(text)
    first = int(found[1]) if found else 0
    last = int(found[2]) if found and found[2] else first
    if found is None or (found[2] and last <= first):
        raise InvalidRuns(f"{ascii(text)[:40]} is no run of numbers of {year}")
    return Run(year, first, last)


def _fill(blocks: _Blocks, run: Run) -> None:
    first = run.first
    while first <= run.last:
        block, bit = divmod(first, _BLOCK)
        count = min(run.last - first + 1, _BLOCK - bit)
        key = run.year, block
        blocks[key] = blocks.get(key, 0) | ((1 << count) - 1) << bit
        first += count


def _ones(bits: int, base: int) -> Iterator[tuple[int, int]]:
    """Yield where bits are set, from and to, counted from a base."""
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        bits >>= skipped
        count = (~bits & (bits + 1)).bit_length() - 1
        yield base + skipped, base + skipped + count - 1
        bits >>= count
        base += skipped + count
