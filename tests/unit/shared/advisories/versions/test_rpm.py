import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.rpm import sort_key
from tests.unit.shared.advisories.versions.oracle import (
    Pair,
    assert_same_order,
    assert_same_orders,
    digits,
    letters,
    rpm,
)

part = st.lists(st.one_of(digits, letters, st.sampled_from([".", "_", "+", "~", "^"])), min_size=1, max_size=6)
versions = st.builds(
    lambda epoch, version, release: f"{epoch}1{''.join(version)}-1{''.join(release)}",
    st.sampled_from(["", "0:", "1:", "2:"]),
    part,
    part,
)
# As rpm takes any text: with and without a release, an epoch, or a digit at the beginning.
any_part = st.lists(st.one_of(digits, letters, st.sampled_from([".", "_", "+", "~", "^", "~~", "^^"])), max_size=5)
free_releases = st.one_of(st.just(""), any_part.filter(bool).map(lambda release: "-" + "".join(release)))
without_release = st.builds(
    lambda epoch, first, version: f"{epoch}{first}{''.join(version)}",
    st.sampled_from(["", "0:", "1:", "10:"]),
    st.one_of(digits, letters),
    any_part,
)
free_versions = st.builds("{}{}".format, without_release, free_releases)
releases_of_one = st.builds(
    lambda version, one, other: (version + one, version + other), without_release, free_releases, free_releases
)


@given(st.lists(st.one_of(st.tuples(free_versions, free_versions), releases_of_one), min_size=1, max_size=60))
def test_order_is_that_of_rpm(pairs: list[Pair]) -> None:
    assert_same_orders(sort_key, rpm, pairs)


@given(versions, versions)
def test_order_is_that_of_univers(one: str, other: str) -> None:
    from univers.versions import RpmVersion

    assert_same_order(sort_key, RpmVersion, one, other)


@pytest.mark.parametrize(
    ("smaller", "greater"),
    [
        ("1.0~rc1-1", "1.0-1"),
        ("1.0-1", "1.0^git1-1"),
        ("1.0^git1-1", "1.0.1-1"),
        ("1.0~rc1^git1-1", "1.0-1"),
        ("1.a-1", "1.1-1"),
        ("1.0", "1.0-~1"),
        ("1.0", "1.0-."),
        ("4.18.0-80.el8", "4.18.0-147.el8"),
        ("99-1", "1:1-1"),
    ],
)
def test_rules_of_rpm(smaller: str, greater: str) -> None:
    assert sort_key(smaller) < sort_key(greater)


@pytest.mark.parametrize("same", [("1.0-1", "0:1.0-1"), ("1.01-1", "1.1-1"), ("1.0-1", "1_0-1"), ("1.0-1.", "1.0-1")])
def test_spellings_of_one_version_have_one_key(same: tuple[str, str]) -> None:
    assert sort_key(same[0]) == sort_key(same[1])


@pytest.mark.parametrize("text", ["", " ", "a:1-1", "1 2-1", "1:", "é-1", "1" * 300])
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
