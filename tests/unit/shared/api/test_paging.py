"""Pages of lists, and tokens that were made to break them."""

import base64
import itertools
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.errors import ApiError
from shared.api.paging import DEFAULT_TOP, MAX_TOP, PageRequest, first_page, page

URL = "https://host.example/api/images?health=unhealthy&skipToken=old"
KEYS = st.tuples(st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5))


def key(item: tuple[object, ...]) -> tuple[object, ...]:
    return item


def follow(items: list[tuple[int, float, str]], top: int) -> list[list[tuple[int, float, str]]]:
    """Read all pages as a client does, by following the links."""
    pages, token, url = [], None, URL
    while True:
        answer = page(items, key, PageRequest.parse(str(top), token, url))
        pages.append(answer["value"])
        if "nextLink" not in answer:
            return pages
        url = answer["nextLink"]
        [token] = parse_qs(urlsplit(url).query)["skipToken"]


@given(st.lists(KEYS, unique=True, max_size=12), st.integers(1, 5))
def test_all_pages_together_are_the_list(items: list[tuple[int, float, str]], top: int) -> None:
    ordered = sorted(items)
    pages = follow(ordered, top)
    assert [item for one in pages for item in one] == ordered
    assert all(len(one) == top for one in pages[:-1])


def test_a_list_that_changes_between_two_pages_repeats_and_skips_nothing_that_stayed() -> None:
    items = [(number, 0.0, "") for number in range(0, 20, 2)]
    first = page(items, key, PageRequest.parse("4", None, URL))
    [token] = parse_qs(urlsplit(first["nextLink"]).query)["skipToken"]
    changed = [item for item in items if item[0] != 6] + [(1, 0.0, ""), (9, 0.0, "")]
    second = page(sorted(changed), key, PageRequest.parse("4", token, URL))
    assert [item[0] for item in second["value"]] == [8, 9, 10, 12]


def test_the_next_link_keeps_the_question_and_its_host() -> None:
    answer = page([(1, 0.0, ""), (2, 0.0, "")], key, PageRequest.parse("1", None, URL))
    parts = urlsplit(answer["nextLink"])
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "host.example", "/api/images")
    assert parse_qs(parts.query)["health"] == ["unhealthy"]
    assert len(parse_qs(parts.query)["skipToken"]) == 1


def test_parameters_may_have_a_prefix_and_are_replaced_in_any_case() -> None:
    url = "https://host.example/x?$top=1&$SkipToken=old&skipToken=mine"
    answer = page([(1, 0.0, ""), (2, 0.0, "")], key, PageRequest.parse("1", None, url, prefix="$"))
    query = parse_qs(urlsplit(answer["nextLink"]).query)
    assert set(query) == {"$top", "$skipToken", "skipToken"}
    assert query["skipToken"] == ["mine"]
    with pytest.raises(ApiError, match=r"\$skipToken: not a token"):
        PageRequest.parse("1", "!", url, prefix="$")
    assert PageRequest.parse(None, None, url, default=7).top == 7


def test_no_more_is_read_than_a_page_takes() -> None:
    endless = ((number, 0.0, "") for number in itertools.count())
    assert len(first_page(endless, key, PageRequest.parse("3", None, URL))["value"]) == 3
    assert next(endless)[0] == 4


def test_a_short_list_has_no_next_link() -> None:
    assert page([(1, 0.0, "")], key, PageRequest.parse(None, None, URL)) == {"value": [(1, 0.0, "")]}
    assert PageRequest.parse(None, "", URL).after is None


@pytest.mark.parametrize("top", ["1", "1000", "007"])
def test_a_size_within_bounds_is_taken(top: str) -> None:
    assert PageRequest.parse(top, None, URL).top == int(top)
    assert PageRequest.parse(None, None, URL).top == DEFAULT_TOP


@pytest.mark.parametrize(
    "top", ["0", "-1", "1001", "", " 1", "1.0", "x", "²", "١", "1e3", "000000005" + "9" * 6, "000000001" + "0" * 5000]
)
def test_a_size_out_of_bounds_is_refused(top: str) -> None:
    with pytest.raises(ApiError) as refused:
        PageRequest.parse(top, None, URL)
    assert (refused.value.status, refused.value.code) == (400, "InvalidParameter")
    assert str(MAX_TOP) in refused.value.message


def token_of(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


HOSTILE = [
    "!",
    "a",
    "====",
    "é",
    "\ud800",
    "null",
    token_of(None),
    token_of({}),
    token_of([[]]),
    token_of([None]),
    "A" * 9,
]


@pytest.mark.parametrize("token", HOSTILE)
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(ApiError) as refused:
        PageRequest.parse("1", token, URL)
    assert refused.value.status == 400


@pytest.mark.parametrize("content", [["x"], [0, "x"], [0, 0.0, 7]])
def test_a_token_of_another_list_is_refused(content: list[object]) -> None:
    request = PageRequest.parse("1", token_of(content), URL)
    with pytest.raises(ApiError, match="not a token of this list"):
        page([(0, 0.0, "a")], key, request)


@given(st.text())
def test_no_token_whatsoever_is_more_than_a_bad_request(token: str) -> None:
    status = 200
    try:
        page([(0, 0.0, "a")], key, PageRequest.parse("1", token, URL))
    except ApiError as refused:
        status = refused.status
    assert status in (200, 400)
