from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.apk import sort_key
from shared.advisories.versions.encoding import InvalidVersion
from tests.unit.shared.advisories.versions.oracle import assert_same_order

numbers = st.sampled_from(["0", "1", "2", "9", "10", "11", "20240101"])
versions = st.builds(
    lambda release, letter, suffix, revision: ".".join(release) + letter + suffix + revision,
    st.lists(numbers, min_size=1, max_size=4),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "_alpha1", "_beta2", "_pre3", "_rc1", "_rc2", "_p1", "_p2"]),
    st.sampled_from(["-r0", "-r1", "-r2", "-r10"]),
)


@given(versions, versions)
def test_order_is_that_of_univers_where_it_knows_the_suffix(one: str, other: str) -> None:
    from univers.versions import AlpineLinuxVersion

    assert_same_order(sort_key, AlpineLinuxVersion, one, other)


ASCENDING = [
    "1.2.3_alpha",
    "1.2.3_alpha1",
    "1.2.3_alpha2-r1",
    "1.2.3_beta",
    "1.2.3_pre1",
    "1.2.3_rc1",
    "1.2.3_rc1-r1",
    "1.2.3_rc1_git20200101",
    "1.2.3_rc2",
    "1.2.3",
    "1.2.3-r0",
    "1.2.3-r1",
    "1.2.3-r10",
    "1.2.3~c0ffee-r0",
    "1.2.3_cvs",
    "1.2.3_svn1",
    "1.2.3_git20230717-r4",
    "1.2.3_git20230717-r5",
    "1.2.3_git20240101-r0",
    "1.2.3_hg1",
    "1.2.3_p1-r0",
    "1.2.3_p2",
    "1.2.3a",
    "1.2.3b-r1",
    "1.2.3.0",
    "1.2.3.1",
    "1.2.4-r0",
    "1.2.4_git20230717-r4",
    "1.2.10",
    "1.3",
    "1.10",
    "2",
]


@pytest.mark.parametrize(("smaller", "greater"), list(pairwise(ASCENDING)))
def test_order_of_suffixes_letters_and_revisions(smaller: str, greater: str) -> None:
    assert sort_key(smaller) < sort_key(greater)


@pytest.mark.parametrize(("smaller", "greater"), [("1.0", "1.01"), ("1.01", "1.02"), ("1.09", "1.1"), ("1.099", "1.1")])
def test_a_component_with_a_leading_zero_is_compared_as_text(smaller: str, greater: str) -> None:
    assert sort_key(smaller) < sort_key(greater)


@pytest.mark.parametrize(
    "text", ["", "a", "1.", "1..2", "1_foo", "1-r", "1-1", "1.2.-r0", "1.2-r1-r2", "1" * 300, "1A"]
)
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(text)
