from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.gem import sort_key
from tests.unit.shared.advisories.versions.oracle import assert_same_order, digits, letters

part = st.one_of(digits, letters, st.builds("{}{}".format, letters, digits), st.builds("{}{}".format, digits, letters))
versions = st.builds(
    lambda first, more, end: ".".join([first, *more]) + end,
    digits,
    st.lists(part, max_size=5),
    st.one_of(st.just(""), part.map("-{}".format)),
)


@given(versions, versions)
def test_order_is_that_of_univers(one: str, other: str) -> None:
    from univers.versions import RubygemsVersion

    assert_same_order(sort_key, RubygemsVersion, one, other)


@pytest.mark.parametrize(
    "ascending",
    [
        # Documentation of Gem::Version.
        ("0.9", "1.0.a.2", "1.0.b1", "1.0"),
        ("1.0.a9", "1.0.a10"),
        ("3.2", "3.10"),
        # As gems are versioned.
        ("6.1.0.rc1", "6.1.0", "6.1.4", "6.1.4.1", "6.1.7.10"),
        ("1.0.0-beta", "1.0.0", "1.0.1-beta"),
        ("1.a.c", "1.b"),
        ("1.a.b", "1.a.0.b", "1.a.0.0.b", "1.a", "1.a.0.1", "1.a.1"),
    ],
)
def test_rules_of_rubygems(ascending: tuple[str, ...]) -> None:
    for smaller, greater in pairwise(ascending):
        assert sort_key(smaller) < sort_key(greater), (smaller, greater)


@pytest.mark.parametrize(
    "same", [("1", "1.0.0"), ("1.0.a", "1.a"), ("1.01", "1.1"), ("1-a", "1.pre.a"), ("1.a.0", "1.a")]
)
def test_spellings_of_one_version_have_one_key(same: tuple[str, str]) -> None:
    assert sort_key(same[0]) == sort_key(same[1])


@pytest.mark.parametrize("text", ["", "a", "1..2", "1.0-", "1_0", ">= 1.0", "1" * 300, "١"])
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
