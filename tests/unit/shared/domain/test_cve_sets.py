"""Sets of CVEs: as Python's own sets of names, in a twentieth of the room, with one way to write them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.cve_sets import NO_CVES, InvalidRuns, Run, cve_set, read_runs, write_runs

# Beside each other, about the bounds of blocks, and the largest.
NUMBERS = st.integers(0, 40) | st.integers(4080, 4110) | st.integers(12_280, 12_300) | st.just(10**19 - 1)
NAMES = st.builds(lambda year, number: f"CVE-{year}-{number:04d}", st.integers(1999, 2001), NUMBERS)
SETS = st.frozensets(NAMES, max_size=40)


def names(runs: list[Run]) -> frozenset[str]:
    return frozenset(f"CVE-{run.year}-{number:04d}" for run in runs for number in range(run.first, run.last + 1))


@given(SETS, SETS)
def test_it_does_what_sets_of_names_do(some: frozenset[str], others: frozenset[str]) -> None:
    left, right = cve_set(some), cve_set(others)
    assert (len(left), names(list(left.runs()))) == (len(some), some)
    assert all((name in left) == (name in some) for name in others)
    for made, expected in ((left | right, some | others), (left - right, some - others)):
        assert made == cve_set(expected)
        assert hash(made) == hash(cve_set(expected))


@given(SETS)
def test_what_is_written_is_read_back(some: frozenset[str]) -> None:
    written = write_runs(cve_set(some).runs())
    assert read_runs(written) == cve_set(some)
    assert write_runs(read_runs(written).runs()) == written


def test_runs_are_short_and_can_be_read_by_people() -> None:
    some = cve_set(f"CVE-2024-{number:04d}" for number in (1, 2, 3, 7, *range(9, 21), *range(4000, 9000)))
    assert write_runs(some.runs()) == {"2024": "1-3,7,9-20,4000-8999"}
    assert write_runs(NO_CVES.runs()) == {}


@pytest.mark.parametrize("name", ["", "GHSA-1", "cve-2024-0001", "CVE-2024-1", "CVE-2024-00001", "CVE-2024-0001 "])
def test_what_is_no_name_as_it_is_written_is_in_no_set(name: str) -> None:
    assert name not in cve_set([name, "CVE-2024-0001"])


@pytest.mark.parametrize(
    ("year", "text"),
    [
        *(("2024", text) for text in ("", ",", "1,", "a", "-1", "1-", "01", "1-01", "2-1", "1-1", "1,1", "1,2", "2,1")),
        *(("2024", text) for text in ("1-3,3", "1 ", "1\n", "\u0661", "0x1", "1e3", "1-2-3", "9" * 20, "0-4000000")),
        *((year, "1") for year in ("", "24", "20244", "2O24", "-999", "\u0662024")),
    ],
)
def test_anything_else_is_refused(year: str, text: str) -> None:
    with pytest.raises(InvalidRuns):
        read_runs({year: text})


def test_no_more_is_read_than_a_table_has_also_in_parts() -> None:
    with pytest.raises(InvalidRuns, match="more than 4000000"):
        read_runs({"2023": "1-3000000", "2024": "1-1000001"})
    assert len(read_runs({"2023": "1-3000000", "2024": "1-1000000"})) == 4_000_000


def test_it_takes_less_room_than_the_names() -> None:
    some = [f"CVE-2024-{number:05d}" for number in range(0, 40_000, 3)]
    blocks = cve_set(some)._blocks
    assert sum(map(sys.getsizeof, blocks.values())) * 20 < sum(map(sys.getsizeof, some))
