"""Who calls, and with what role."""

import base64

import azure.functions as func
import pytest

from functions.caller import admit, caller, identify
from shared import bootstrap
from shared.api.errors import ApiError
from shared.domain.roles import Role
from shared.settings import Settings
from tests.support.memory_app import MemoryApp
from tests.support.principals import SIGNED_IN_BY, principal


def request(header: str | None, method: str = "GET", media_type: str = "application/json") -> func.HttpRequest:
    headers = {"Content-Type": media_type} | ({SIGNED_IN_BY: header} if header is not None else {})
    return func.HttpRequest(method, "https://host/", headers=headers, body=b"")


def configured(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(bootstrap, "_app", MemoryApp(settings))


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, Settings(sign_in=True, function_key_role=Role.ADMIN))


@pytest.mark.parametrize("role", [None, *Role])
def test_the_header_counts_for_nothing_where_the_platform_does_not_set_it(
    monkeypatch: pytest.MonkeyPatch, role: Role | None
) -> None:
    configured(monkeypatch, Settings(function_key_role=role))
    found = identify(request(principal("Security Admin", name="admin")))
    assert (found.name, found.role, found.signed_in) == ("function-key", role, False)


@pytest.mark.usefixtures("signed_in")
def test_the_signed_in_user_is_named_by_the_first_claim_that_names_one() -> None:
    assert caller(request(principal(oid="1", name="Me", preferred_username="me@contoso.com"))) == "me@contoso.com"
    assert caller(request(principal(oid="1", name="Me"))) == "Me"
    assert caller(request(principal(oid="1"))) == "1"
    assert caller(request(principal(other="x"))) == "unknown"


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    "header",
    [None, "", "!", "é", "AA", *(base64.b64encode(raw).decode() for raw in (b"\xff", b"[]", b"{}", b'{"claims":[1]}'))],
)
def test_a_header_that_tells_of_nobody_is_nobody(header: str | None) -> None:
    with pytest.raises(ApiError, match="sign in") as refused:
        identify(request(header))
    assert (refused.value.status, refused.value.headers) == (401, {"WWW-Authenticate": "Bearer"})


@pytest.mark.usefixtures("signed_in")
def test_a_long_name_is_cut() -> None:
    assert len(caller(request(principal(name="x" * 1000)))) == 255


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("roles", "found"),
    [
        (["Security Reader"], Role.READER),
        (["SecurityReader"], Role.READER),
        (["Security.Admin"], Role.ADMIN),
        (["Security Admin", "Security Reader"], Role.ADMIN),
        (["Other", "SecurityReader"], Role.READER),
        (["security admin"], None),
        (["Security Admin "], None),
        (["Owner"], None),
        ([], None),
    ],
)
def test_roles_are_those_of_the_token_to_the_letter(roles: list[str], found: Role | None) -> None:
    assert identify(request(principal(*roles, name="me"))).role is found
    uri = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
    assert identify(request(principal(*roles, role_typ=uri, name="me"))).role is found


@pytest.mark.usefixtures("signed_in")
def test_a_claim_of_another_kind_gives_no_role() -> None:
    assert identify(request(principal(name="Security Admin", groups="Security Admin"))).role is None


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_page_of_another_site_cannot_post_with_a_users_cookies(media_type: str) -> None:
    header = principal("Security Admin", name="me")
    with pytest.raises(ApiError, match="application/json"):
        admit(request(header, "POST", media_type), Role.ADMIN)
    admit(request(header, "POST", "Application/JSON; charset=utf-8"), Role.ADMIN)


def test_a_key_is_no_cookie_and_may_post_as_curl_does(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, Settings(function_key_role=Role.ADMIN))
    admit(request(None, "POST", "application/x-www-form-urlencoded"), Role.ADMIN)
