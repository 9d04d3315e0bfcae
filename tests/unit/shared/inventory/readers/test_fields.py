import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.readers.fields import Reasons, is_sane, printable, stanzas


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
    reasons = Reasons()
    assert (str(reasons), len(reasons)) == ("", 0)
    reasons.append("a")
    assert str(reasons) == "a"
    reasons.append("b")
    reasons.append("c")
    assert (str(reasons), len(reasons)) == ("a (and 2 more)", 3)


@pytest.mark.parametrize("hidden", ["\x1b", "\x9b", "\u202e", "\u2066", "\u200b", "\ud800", "\ufeff"])
def test_what_no_reader_sees_or_a_terminal_obeys_is_neither_sane_nor_printed(hidden: str) -> None:
    assert not is_sane(f"a{hidden}b")
    assert printable(f"a{hidden}b") == "a\ufffdb"
