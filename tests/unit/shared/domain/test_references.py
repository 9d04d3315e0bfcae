"""The grammar of names, against strings that were made to break it."""

from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.references import (
    InvalidReference,
    is_digest,
    parse_digest,
    parse_registry,
    parse_repository,
    parse_tag,
)
from tests.support.examples import digest

PARSERS = [parse_registry, parse_repository, parse_tag, parse_digest]


@pytest.mark.parametrize("text", ["contoso.azurecr.io", "127.0.0.1:5055", "localhost:5000", "a", "a-b.c"])
def test_login_servers_are_taken(text: str) -> None:
    assert parse_registry(text) == text


@pytest.mark.parametrize("text", ["app", "team/app", "a.b_c__d---e/f", "0/1/2", "a" * 255])
def test_repositories_are_taken(text: str) -> None:
    assert parse_repository(text) == text


@pytest.mark.parametrize("text", ["v1", "_", "A.b-c", "1" * 128])
def test_tags_are_taken(text: str) -> None:
    assert parse_tag(text) == text


@pytest.mark.parametrize("text", [digest(1), "sha512:" + "0a" * 64])
def test_digests_are_taken(text: str) -> None:
    assert parse_digest(text) == text
    assert is_digest(text)


HOSTILE = [
    "",
    " ",
    "\n",
    "..",
    "a/../b",
    "a//b",
    "/a",
    "a/",
    "a b",
    "a\n",
    "a\x00",
    "a|b",
    "a'b",
    "a\u0661",
    "\ud800",
    "ａ",
    "<script>",
    "a" * 513,
    None,
    7,
    b"a",
    ["a"],
    {"a": 1},
]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_refused(parse: Callable[[object], str], text: object) -> None:
    with pytest.raises(InvalidReference):
        parse(text)


@pytest.mark.parametrize(
    "text", ["a@evil.example", "a/b", "a:", "a:123456", "http://a", "A.azurecr.io", "-a", "a.", "a:5x"]
)
def test_what_could_turn_a_request_elsewhere_is_no_login_server(text: str) -> None:
    with pytest.raises(InvalidReference):
        parse_registry(text)


@pytest.mark.parametrize("text", ["A", "a.", "-a", "a___b", "a..b", "a:b", "a@b", "a" * 256, "/".join("a" * 200)])
def test_what_the_specification_forbids_is_no_repository(text: str) -> None:
    with pytest.raises(InvalidReference):
        parse_repository(text)


@pytest.mark.parametrize(
    "text", [digest(1).upper(), digest(1)[:-1], digest(1) + "0", "md5:" + "0" * 32, "sha512:" + "0" * 64, "sha256:"]
)
def test_other_digests_are_refused(text: str) -> None:
    with pytest.raises(InvalidReference):
        parse_digest(text)
    assert not is_digest(text)


@given(st.one_of(st.text(), st.integers(), st.binary(), st.none()))
def test_every_value_is_taken_unchanged_or_refused(text: object) -> None:
    for parse in PARSERS:
        assert _outcome(parse, text) in (text, "refused")


def test_a_message_shows_a_hostile_name_escaped_and_cut() -> None:
    with pytest.raises(InvalidReference) as refused:
        parse_tag("\x1b[31m\u202e" + "x" * 400)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize("text", ["a" * 511 + "!", "a-" * 255 + "!", "a__" * 170 + "!", "a/" * 255 + "!"])
def test_names_that_lead_nowhere_are_refused_at_once(text: str) -> None:
    began = process_time()
    for parse in PARSERS:
        with pytest.raises(InvalidReference):
            parse(text)
    assert process_time() - began < 1


def _outcome(parse: Callable[[object], str], text: object) -> str:
    try:
        return parse(text)
    except InvalidReference:
        return "refused"
