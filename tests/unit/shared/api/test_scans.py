"""Bodies of scans on demand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.errors import ApiError
from shared.api.scans import parse_wanted_scan, scan_body
from shared.services.request_scan import RequestedScan, WantedScan
from tests.support.examples import REGISTRY, digest


def parse(request_id: str = "r1", **fields: str | int) -> WantedScan:
    return parse_wanted_scan(json.dumps(fields).encode(), request_id, "me")


@pytest.mark.parametrize("reference", ["v1", digest(1)])
def test_a_tag_or_digest_is_wanted(reference: str) -> None:
    wanted = parse(registry=REGISTRY, repository="team/app", reference=reference)
    assert wanted == WantedScan(REGISTRY, "team/app", reference, "r1", "me")


def test_without_a_reference_the_latest_is_wanted() -> None:
    assert parse(registry=REGISTRY, repository="app").reference == "latest"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"registry": REGISTRY},
        {"registry": "evil.example/x", "repository": "app"},
        {"registry": REGISTRY, "repository": "../app"},
        {"registry": REGISTRY, "repository": "app", "reference": "v1@x"},
        {"registry": REGISTRY, "repository": "app", "reference": 7},
        {"registry": REGISTRY, "repository": "app", "more": 1},
    ],
)
def test_a_body_that_cannot_be_used_is_a_bad_request(fields: dict[str, object]) -> None:
    with pytest.raises(ApiError) as refused:
        parse_wanted_scan(json.dumps(fields).encode(), "r1", "me")
    assert (refused.value.status, refused.value.code) == (400, "InvalidParameter")


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 129, "../x", "é", "\n"])
def test_a_request_id_of_a_caller_is_of_the_strict_grammar(request_id: str) -> None:
    with pytest.raises(ApiError):
        parse(request_id, registry=REGISTRY, repository="app")


@given(st.binary())
def test_no_body_whatsoever_is_more_than_a_bad_request(body: bytes) -> None:
    with pytest.raises(ApiError):
        parse_wanted_scan(body, "r1", "me")


def test_an_accepted_request_says_where_to_ask_how_far_it_is() -> None:
    body = scan_body(
        RequestedScan("manual-r1", "127.0.0.1:5055", digest(1), False), "http://host:7071/api/scans?code=x"
    )
    assert body["statusUrl"] == f"http://host:7071/api/scans/127.0.0.1:5055/{digest(1)}/manual-r1"
    assert (body["status"], body["isIndex"]) == ("running", False)


def test_a_scan_id_that_came_from_outside_cannot_leave_its_place_in_the_address() -> None:
    body = scan_body(RequestedScan("push-../../x?y#z", REGISTRY, digest(1), False), "http://host/api/scans")
    assert body["statusUrl"].startswith(f"http://host/api/scans/{REGISTRY}/{digest(1)}/push-..%2F..%2Fx%3Fy%23z")
