import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion as InvalidForPackaging
from packaging.version import Version

from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.pep440 import sort_key
from tests.unit.shared.advisories.versions.oracle import assert_same_order, digits

separator = st.sampled_from(["", ".", "-", "_"])
number = st.one_of(st.just(""), digits)


def _section(*words: str) -> st.SearchStrategy[str]:
    section = st.builds(lambda *parts: "".join(parts), separator, st.sampled_from(words), separator, number)
    return st.one_of(st.just(""), section)


versions = st.builds(
    lambda prefix, epoch, release, pre, post, dev, local: prefix + epoch + ".".join(release) + pre + post + dev + local,
    st.sampled_from(["", "v", " V"]),
    st.sampled_from(["", "0!", "1!"]),
    st.lists(digits, min_size=1, max_size=4),
    _section("a", "b", "c", "rc", "alpha", "Beta", "pre", "preview"),
    st.one_of(_section("post", "rev", "r"), digits.map("-{}".format)),
    _section("dev"),
    st.sampled_from(["", "+1", "+a", "+a.1", "+a.1.b", "+01", "+A_2", "+10"]),
)


def _accepted(text: str) -> bool:
    try:
        Version(text)
    except InvalidForPackaging:
        return False
    return True


@given(versions.filter(_accepted), versions.filter(_accepted))
def test_order_is_that_of_packaging(one: str, other: str) -> None:
    assert_same_order(sort_key, Version, one, other)


@given(st.one_of(versions, st.text(alphabet="0123.abcrdevpost-_+!v \n", max_size=12)))
def test_the_same_texts_are_versions_as_for_packaging(text: str) -> None:
    if _accepted(text):
        assert sort_key(text)
    else:
        with pytest.raises(InvalidVersion):
            sort_key(text)


@pytest.mark.parametrize("text", ["", "1.0-bulbasaur", "0.3m1", "latest", "1.0+é", "1" * 300, "²"])
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
