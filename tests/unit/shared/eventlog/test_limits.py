"""What Table Storage takes in one transaction: each limit is reached and then exceeded."""

from typing import Any

import pytest

from shared.eventlog.interface import LimitExceeded
from shared.eventlog.keys import MAX_KEY
from shared.eventlog.limits import MAX_PROPERTY, MAX_ROWS, check

KEYS = {"PartitionKey": "p", "RowKey": "r"}


def row(**columns: object) -> dict[str, Any]:
    return {**KEYS, **columns}


def test_a_hundred_rows_fit_and_one_more_does_not() -> None:
    check([row()] * MAX_ROWS)
    with pytest.raises(LimitExceeded, match="101 rows"):
        check([row()] * (MAX_ROWS + 1))


@pytest.mark.parametrize(
    ("filler", "characters"), [("x", MAX_PROPERTY // 2), ("é", MAX_PROPERTY // 2), ("😀", MAX_PROPERTY // 4)]
)
def test_a_text_is_measured_in_utf_16(filler: str, characters: int) -> None:
    check([row(data=filler * characters)])
    with pytest.raises(LimitExceeded, match="property data of r"):
        check([row(data=filler * (characters + 1))])


def test_bytes_are_measured_as_they_are() -> None:
    check([row(data=b"x" * MAX_PROPERTY)])
    with pytest.raises(LimitExceeded, match="property data"):
        check([row(data=b"x" * (MAX_PROPERTY + 1))])


@pytest.mark.parametrize("name", ["PartitionKey", "RowKey"])
def test_a_key_of_a_kibibyte_fits_and_one_more_character_does_not(name: str) -> None:
    check([row(**{name: "k" * MAX_KEY})])
    with pytest.raises(LimitExceeded, match=name):
        check([row(**{name: "k" * (MAX_KEY + 1)})])


def test_a_row_may_hold_a_mebibyte() -> None:
    full = {f"part{number}": b"x" * MAX_PROPERTY for number in range(15)}
    check([row(**full)])
    with pytest.raises(LimitExceeded, match="row r has"):
        check([row(**full, last=b"x" * MAX_PROPERTY)])


def test_a_transaction_may_hold_four_mebibytes() -> None:
    half = {f"part{number}": b"x" * MAX_PROPERTY for number in range(8)}
    check([row(**half)] * 7)
    with pytest.raises(LimitExceeded, match="the append has"):
        check([row(**half)] * 8)
