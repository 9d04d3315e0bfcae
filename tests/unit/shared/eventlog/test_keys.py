"""Keys of the table ``events``."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventlog import keys
from shared.eventlog.keys import MAX_KEY, escape, event_row, marker_row, unescape

FORBIDDEN = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f%+]")


@given(st.text())
def test_every_text_comes_back_from_its_key(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text())
def test_no_key_holds_a_forbidden_character(text: str) -> None:
    assert not FORBIDDEN.search(escape(text))
    assert escape(text).isascii()


@given(st.text(), st.text())
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


def test_names_of_streams_stay_readable() -> None:
    assert escape("image|127.0.0.1:5055|sha256:ab") == "image|127.0.0.1:5055|sha256:ab"
    assert escape("team/app=1") == "team=2Fapp=3D1"
    assert escape("é") == "=C3=A9"


@given(st.integers(1, 10**10 - 1), st.integers(1, 10**10 - 1))
def test_event_rows_sort_like_their_versions(one: int, other: int) -> None:
    assert (event_row(one) < event_row(other)) == (one < other)


def test_the_three_kinds_of_rows_are_told_apart() -> None:
    assert event_row(7) == "e-0000000007"
    assert marker_row("push-1") == "id-push-1"
    assert keys.HEAD == "head"


@given(st.text(max_size=3000))
def test_a_marker_of_any_command_fits_into_a_key(command_id: str) -> None:
    assert len(marker_row(command_id)) <= MAX_KEY


@given(st.integers(160, 600), st.sampled_from(string.ascii_letters + "/é"))
def test_long_ids_that_differ_have_different_markers(length: int, last: str) -> None:
    start = "/" * length
    assert marker_row(start + last) != marker_row(start + "!")


@pytest.mark.parametrize("length", [MAX_KEY - 3, MAX_KEY - 2])
def test_an_id_is_readable_as_long_as_it_fits(length: int) -> None:
    assert (marker_row("a" * length) == "id-" + "a" * length) == (length == MAX_KEY - 3)
