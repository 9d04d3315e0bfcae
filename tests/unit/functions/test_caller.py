"""Who calls."""

import base64
import json

import azure.functions as func
import pytest

from functions.caller import caller


def request(principal: str) -> func.HttpRequest:
    return func.HttpRequest("GET", "https://host/", headers={"X-MS-CLIENT-PRINCIPAL": principal}, body=b"")


def principal(**claims: str) -> str:
    content = {"auth_typ": "aad", "claims": [{"typ": kind, "val": value} for kind, value in claims.items()]}
    return base64.b64encode(json.dumps(content).encode()).decode()


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")


@pytest.mark.parametrize("setting", [None, "", "false", "1"])
def test_the_header_counts_for_nothing_where_the_platform_does_not_set_it(
    monkeypatch: pytest.MonkeyPatch, setting: str | None
) -> None:
    monkeypatch.delenv("WEBSITE_AUTH_ENABLED", raising=False)
    if setting is not None:
        monkeypatch.setenv("WEBSITE_AUTH_ENABLED", setting)
    assert caller(request(principal(name="admin"))) == "function-key"


@pytest.mark.usefixtures("signed_in")
def test_the_signed_in_user_is_named_by_the_first_claim_that_names_one() -> None:
    assert caller(request(principal(oid="1", name="Me", preferred_username="me@contoso.com"))) == "me@contoso.com"
    assert caller(request(principal(oid="1", name="Me"))) == "Me"
    assert caller(request(principal(oid="1"))) == "1"


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    "header",
    ["", "!", "é", "AA", base64.b64encode(b"\xff").decode(), base64.b64encode(b"[]").decode(), principal(other="x")],
)
def test_a_header_that_names_nobody_is_an_unknown_caller(header: str) -> None:
    assert caller(request(header)) == "unknown"


@pytest.mark.usefixtures("signed_in")
def test_a_long_name_is_cut() -> None:
    assert len(caller(request(principal(name="x" * 1000)))) == 255
