from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.nuget import sort_key
from tests.unit.shared.advisories.versions.oracle import assert_same_order

number = st.sampled_from(["0", "1", "01", "2", "9", "10", "11"])
label = st.sampled_from(["0", "1", "2", "11", "alpha", "Alpha", "beta", "RC", "rc1", "a-b", "preview"])
labels: st.SearchStrategy[list[str]] = st.one_of(st.just([]), st.lists(label, min_size=1, max_size=3))
versions = st.builds(
    lambda numbers, pre: ".".join(numbers) + ("-" + ".".join(pre) if pre else ""),
    st.lists(number, min_size=1, max_size=4),
    labels,
)


@given(versions, versions)
def test_order_is_that_of_univers(one: str, other: str) -> None:
    from univers.versions import NugetVersion

    assert_same_order(sort_key, NugetVersion, one, other)


def test_rules_of_nuget() -> None:
    # NuGet documentation, "Package versioning", "Pre-release versions", read from the oldest.
    ascending = (
        "1.0.1-aaa",
        "1.0.1-alpha",
        "1.0.1-alpha.2",
        "1.0.1-alpha.10",
        "1.0.1-alpha10",
        "1.0.1-alpha2",
        "1.0.1-beta",
        "1.0.1-open",
        "1.0.1-rc.2",
        "1.0.1-rc.10",
        "1.0.1-zzz",
        "1.0.1",
        "1.0.1.1",
        "1.0.2-a",
    )
    for smaller, greater in pairwise(ascending):
        assert sort_key(smaller) < sort_key(greater), (smaller, greater)


@pytest.mark.parametrize(
    "same",
    [
        ("1", "1.0.0.0"),
        ("1.00", "1.0"),
        ("1.01.1", "1.1.1"),
        ("1.00.0.1", "1.0.0.1"),
        ("1.0.0-Beta", "1.0.0-bETA"),
        ("1.0.7+r3456", "1.0.7"),
        ("1.0.0+SHA-1", "1.0.0+other"),
    ],
)
def test_spellings_of_one_version_have_one_key(same: tuple[str, str]) -> None:
    assert sort_key(same[0]) == sort_key(same[1])


@pytest.mark.parametrize("text", ["", "a", "1.0.0.0.0", "1.*", "[1.0]", "1.0-", "1.0-a..b", "1" * 300, "١"])
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
