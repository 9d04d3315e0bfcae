import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.semver import sort_key
from tests.unit.shared.advisories.versions.oracle import Pair, assert_same_order, assert_same_orders, npm

number = st.sampled_from(["0", "1", "2", "9", "10", "11"])
identifier = st.sampled_from(["0", "1", "2", "11", "alpha", "beta", "rc", "rc1", "a-b", "-", "X"])
pre_release: st.SearchStrategy[list[str]] = st.one_of(st.just([]), st.lists(identifier, min_size=1, max_size=3))
versions = st.builds(
    lambda numbers, pre, build: ".".join(numbers) + ("-" + ".".join(pre) if pre else "") + build,
    st.tuples(number, number, number),
    pre_release,
    st.sampled_from(["", "+1", "+incompatible"]),
)


@given(versions, versions)
def test_order_is_that_of_the_specification(one: str, other: str) -> None:
    from semver import Version  # comes with univers, which itself orders by build metadata

    assert_same_order(sort_key, lambda text: Version.parse(text), one, other)


# As npm's loose mode takes them: marks before, leading zeros, a pre-release without its hyphen.
loose_number = st.sampled_from(["0", "1", "2", "01", "10", "007"])
loose_versions = st.builds(
    lambda start, numbers, hyphen, pre, build: (
        start + ".".join(numbers) + (hyphen + ".".join(pre) if pre else "") + build
    ),
    st.sampled_from(["", "v", "=", "=v"]),
    st.tuples(loose_number, loose_number, loose_number),
    st.sampled_from(["-", ""]),
    st.one_of(
        st.just([]),
        st.lists(st.sampled_from(["rc", "a-b", "x1", "1x", "0", "01", "11"]), max_size=3).map(
            lambda more: ["alpha", *more]
        ),
    ),
    st.sampled_from(["", "+1", "+git.c0ffee"]),
)


@given(st.lists(st.tuples(loose_versions, loose_versions), min_size=1, max_size=100))
@settings(max_examples=30)
def test_order_is_that_of_npm(pairs: list[Pair]) -> None:
    assert_same_orders(sort_key, npm, pairs)


@pytest.mark.parametrize(
    "same",
    [
        ("1.2.3", "v1.2.3"),
        ("1.2.3", "=1.2.3"),
        ("1.2", "1.2.0"),
        ("1.2.3beta", "1.2.3-beta"),
        ("1.2.03", "1.2.3"),
        ("1.2.3+a", "1.2.3+b"),
    ],
)
def test_loose_spellings_have_the_key_of_the_strict_one(same: tuple[str, str]) -> None:
    assert sort_key(same[0]) == sort_key(same[1])


@pytest.mark.parametrize(
    ("smaller", "greater"),
    [
        ("1.2.3", "1.2.3.4"),
        ("1.2.3.4", "1.2.4"),
        ("v0.0.0-20191109021931-daa7c04131f5", "v0.0.0-20200622213623-75b288015ac9"),
        ("0.0.0-20200622213623-75b288015ac9", "0.1.0"),
    ],
)
def test_longer_and_pseudo_versions_have_their_place(smaller: str, greater: str) -> None:
    assert sort_key(smaller) < sort_key(greater)


@pytest.mark.parametrize("text", ["", "latest", "1.x", "1.0.0-*", "1.0.0-a..b", "1.0.0-", "(devel)", "1" * 300, "١"])
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
