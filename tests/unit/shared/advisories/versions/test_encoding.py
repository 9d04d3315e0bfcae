import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.encoding import END, InvalidVersion, number

NUMBERS = st.integers(min_value=0, max_value=10**30)


@given(NUMBERS, NUMBERS)
def test_keys_of_numbers_sort_as_the_numbers(one: int, other: int) -> None:
    assert (number(str(one)) < number(str(other))) == (one < other)


@given(NUMBERS, st.integers(min_value=0, max_value=9))
def test_leading_zeros_change_nothing(value: int, zeros: int) -> None:
    assert number("0" * zeros + str(value)) == number(str(value))


def test_no_digits_are_zero() -> None:
    assert number("") == number("0")


@given(NUMBERS)
def test_no_number_starts_as_an_end_does(value: int) -> None:
    assert number(str(value)) > END


def test_a_number_of_200_digits_is_taken_and_one_of_201_is_not() -> None:
    assert number("9" * 200) > number("9" * 199)
    with pytest.raises(InvalidVersion, match="more than 200 digits"):
        number("9" * 201)
