from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.maven import sort_key
from tests.unit.shared.advisories.versions.oracle import assert_same_order, digits

# univers ports an older Maven: without "release", with zeros that count before a hyphen or a qualifier.
qualifier = st.sampled_from(
    ["alpha", "Beta", "milestone", "a", "b", "m", "rc", "CR", "SNAPSHOT", "sp", "jre", "redhat"]
)
counts = st.sampled_from(["1", "01", "2", "10", "20240101"])
numbers = st.lists(digits, min_size=1, max_size=4).map(".".join)
tail = st.builds(lambda word, mark, count: f"-{word}{mark}{count}", qualifier, st.sampled_from(["", "-"]), counts)
versions = st.builds(
    lambda first, more, end: f"1{first}{''.join(more)}{end}",
    numbers,
    st.lists(st.one_of(tail, qualifier.map("-{}".format)), max_size=2),
    st.sampled_from(["", "-SNAPSHOT", "-1", "-ga", "-Final"]),
)


@given(versions, versions)
def test_order_is_that_of_univers(one: str, other: str) -> None:
    from univers.versions import MavenVersion

    assert_same_order(sort_key, MavenVersion, one, other)


@pytest.mark.parametrize(
    "ascending",
    [
        # POM reference, "Version Order Specification", "End Result Examples".
        ("1", "1.1"),
        ("1-snapshot", "1", "1-sp"),
        ("1-foo2", "1-foo10"),
        ("1.foo", "1-1", "1.1"),
        ("1-sp-1", "1-ga-1"),
        ("1-ga.1", "1-sp.1"),
        ("1-alpha", "1-beta", "1-milestone", "1-rc", "1-snapshot", "1", "1-sp", "1-abc", "1-xyz", "1-1", "1.1"),
        # As packages are versioned.
        ("4.1.0.Beta1", "4.1.0.CR2", "4.1.0.Final", "4.1.1.Final"),
        ("5.2.0.M3", "5.2.0.RC1", "5.2.0.RELEASE", "5.2.1.RELEASE"),
        ("2.0-beta9", "2.0-rc1", "2.0", "2.0.1", "2.12.0", "2.15.0", "2.16.0", "2.17.1"),
        ("9.4.0.v20161208", "9.4.1.v20170120", "9.4.11.v20180605"),
        ("2.9.10", "2.9.10.1", "2.9.10.8", "2.10.0"),
        ("1.0.0.X1", "1.0.0-X2"),
        ("31.0-android", "31.0-jre", "31.1-android"),
        ("1-alpha-2-SNAPSHOT", "1-alpha-2", "1-alpha-10"),
    ],
)
def test_rules_of_maven(ascending: tuple[str, ...]) -> None:
    for smaller, greater in pairwise(ascending):
        assert sort_key(smaller) < sort_key(greater), (smaller, greater)


@pytest.mark.parametrize(
    "same",
    [
        ("1.ga", "1-ga"),
        ("1.ga", "1-0"),
        ("1.0", "1"),
        ("1.0.0", "1.ga"),
        ("1.", "1"),
        ("1-", "1"),
        ("1.0.0-foo.0.0", "1-foo"),
        ("1.0.0-0.0.0", "1"),
        ("1-a1", "1-alpha-1"),
        ("1.foo", "1-foo"),
        ("1-ga-1", "1-1"),
        ("1-1.foo-bar1baz-.1", "1-1.foo-bar-1-baz-0.1"),
        ("1.0.RC1", "1.0-cr1"),
        ("2.0.0.x", "2-x"),
        ("5.2.0.RELEASE", "5.2"),
        ("1.0-FINAL", "1"),
        ("1.01", "1.1"),
    ],
)
def test_spellings_of_one_version_have_one_key(same: tuple[str, str]) -> None:
    assert sort_key(same[0]) == sort_key(same[1])


@pytest.mark.parametrize("text", ["", "unspecified", "${project.version}", "1 2", "[1.0,2.0)", "1" * 300, "é1", "١"])
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
