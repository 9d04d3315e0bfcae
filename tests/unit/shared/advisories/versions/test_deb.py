import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.deb import sort_key
from shared.advisories.versions.encoding import InvalidVersion
from tests.unit.shared.advisories.versions.oracle import assert_same_order, assert_same_orders, digits, dpkg, letters

upstream = st.lists(st.one_of(digits, letters, st.sampled_from([".", "+", "~", "-", "~~"])), max_size=6).map("".join)
revision = st.lists(st.one_of(digits, letters, st.sampled_from([".", "+", "~"])), min_size=1, max_size=4).map("".join)
versions = st.builds(
    lambda epoch, first, rest, last: epoch + first + rest + last,
    st.sampled_from(["", "0:", "1:", "2:"]),
    digits,
    upstream.filter(lambda text: not text.endswith("-")),
    st.one_of(st.just(""), revision.map("-{}".format)),
)


@given(versions, versions)
def test_order_is_that_of_univers(one: str, other: str) -> None:
    from univers.versions import DebianVersion

    assert_same_order(sort_key, DebianVersion, one, other)


def test_order_is_that_of_dpkg() -> None:
    chance = random.Random(20_26)
    parts = ["0", "1", "2", "10", "01", "a", "rc1", "Z", ".", "+", "~", "-", "~~", "deb12u1", "+b1", "bpo"]
    pairs: list[tuple[str, str]] = []
    while len(pairs) < 300:
        one, other = (
            "".join([chance.choice(["", "1:"]), chance.choice("0123"), *chance.choices(parts, k=chance.randrange(6))])
            for _ in range(2)
        )
        if not one.endswith("-") and not other.endswith("-"):
            pairs.append((one, other))
    assert_same_orders(sort_key, dpkg, pairs)


@pytest.mark.parametrize(
    ("smaller", "greater"),
    [
        ("1.0~rc1-1", "1.0-1"),
        ("1.0-1~bpo12+1", "1.0-1"),
        ("2.36-9+deb12u4", "2.36-9+deb12u10"),
        ("9.9", "1:0.1"),
        ("1.0", "1.0a"),
        ("1.0a", "1.0+a"),
        ("1.0-1", "1.0-1.1"),
    ],
)
def test_rules_of_debian_policy(smaller: str, greater: str) -> None:
    assert sort_key(smaller) < sort_key(greater)


@pytest.mark.parametrize("same", [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.01", "1.1"), ("a", "a0")])
def test_spellings_of_one_version_have_one_key(same: tuple[str, str]) -> None:
    assert sort_key(same[0]) == sort_key(same[1])


@pytest.mark.parametrize("text", ["", " ", "1:", ":1", "a:1", "1.0-", "1 0", "1_0", "1.0é", "x" * 300, "²:1"])
def test_what_dpkg_refuses_is_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
