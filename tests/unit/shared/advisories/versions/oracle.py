"""Comparison with the libraries that define a version order."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st


def order(one: Any, other: Any) -> int:
    """Return -1, 0 or 1 for less, equal or greater."""
    return int(one > other) - int(one < other)


def assert_same_order(sort_key: Callable[[str], bytes], oracle: Callable[[str], Any], one: str, other: str) -> None:
    """Check that the keys of two versions compare as the oracle compares the versions."""
    assert order(sort_key(one), sort_key(other)) == order(oracle(one), oracle(other)), (one, other)


# Few different numbers and letters make equal beginnings, where the rules show, likely.
digits = st.sampled_from(["0", "00", "1", "01", "2", "9", "10", "11", "100", "20240101"])
letters = st.sampled_from(["a", "b", "rc", "Z", "alpha", "git"])
