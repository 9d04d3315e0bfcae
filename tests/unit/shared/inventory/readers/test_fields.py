import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.readers.fields import is_sane, shown, stanzas


@pytest.mark.parametrize("value", ["a", "a b", "1:2.3-4+deb~5", "é", "x" * 512])
def test_names_and_versions_are_sane(value: str) -> None:
    assert is_sane(value)


@pytest.mark.parametrize("value", ["", " ", " a", "a ", "a\n", "a\tb", "a\x00", "a\x7f", "a  b", "x" * 513])
def test_blanks_controls_and_lengths_are_not(value: str) -> None:
    assert not is_sane(value)


@given(st.text(st.sampled_from("a\n")).map(str.encode))
def test_stanzas_are_what_lies_between_empty_lines(content: bytes) -> None:
    expected = [part.strip(b"\n") for part in content.split(b"\n\n") if part.strip(b"\n")]
    assert [part.strip(b"\n") for part in stanzas(content)] == expected


def test_reasons_are_counted() -> None:
    assert shown([]) == ""
    assert shown(["a"]) == "a"
    assert shown(["a", "b", "c"]) == "a (and 2 more)"
