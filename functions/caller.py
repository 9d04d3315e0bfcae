"""Who calls: the signed-in user where App Service authentication is on, else the holder of a function key."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import azure.functions as func
import msgspec

from shared.api.errors import ApiError
from shared.bootstrap import app
from shared.domain.roles import Role, role_of

_KEY_HOLDER = "function-key"
_NAME_CLAIMS = ("preferred_username", "name", "oid")
_ROLE_CLAIM = "roles"
_LONGEST_NAME = 255


class _Claim(msgspec.Struct):
    typ: str
    val: str


class _Principal(msgspec.Struct):
    claims: list[_Claim] = []
    role_typ: str | None = None


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: the name for the log, and the role, if any."""

    name: str
    role: Role | None
    signed_in: bool


def caller(req: func.HttpRequest) -> str:
    """Name the caller for the log."""
    return identify(req).name


def identify(req: func.HttpRequest) -> Caller:
    """Tell who calls; raise ApiError 401 where authentication is on and nobody is signed in.

    The header counts only where the platform itself sets it: elsewhere anybody could
    (learn.microsoft.com: "Work with user identities in Azure App Service authentication").
    """
    settings = app().settings
    if not settings.sign_in:
        return Caller(_KEY_HOLDER, settings.function_key_role, signed_in=False)
    try:
        raw = base64.b64decode(req.headers.get("X-MS-CLIENT-PRINCIPAL", ""), validate=True)
        principal = msgspec.json.decode(raw, type=_Principal)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise _nobody() from None
    if not principal.claims:
        raise _nobody()
    return Caller(_name(principal), role_of(_roles(principal)), signed_in=True)


def admit(req: func.HttpRequest, needed: Role) -> None:
    """Let a caller pass who has a role, or raise ApiError 401, 403, or 415 for what a page of another site can send."""
    found = identify(req)
    if found.role is None or not found.role.covers(needed):
        raise ApiError(403, "AuthorizationFailed", _refusal(found, needed))
    if found.signed_in and req.method == "POST" and not _is_json(req):
        # A browser sends its cookies with a form of any site, but asks first before it sends this media type.
        raise ApiError(415, "UnsupportedMediaType", "send the body as Content-Type: application/json")


def _nobody() -> ApiError:
    message = "sign in: the request carries no identity of App Service authentication"
    return ApiError(401, "AuthenticationFailed", message, {"WWW-Authenticate": "Bearer"})


def _refusal(found: Caller, needed: Role) -> str:
    if found.signed_in:
        return f"{found.name!a} needs the app role {needed} for this"
    return f"a function key does not give the role {needed}: see the setting FUNCTION_KEY_ROLE, or sign in"


def _name(principal: _Principal) -> str:
    named = {claim.typ: claim.val for claim in principal.claims}
    return next((named[kind] for kind in _NAME_CLAIMS if named.get(kind)), "unknown")[:_LONGEST_NAME]


def _roles(principal: _Principal) -> list[str]:
    kinds = {_ROLE_CLAIM, principal.role_typ or _ROLE_CLAIM}
    return [claim.val for claim in principal.claims if claim.typ in kinds]


def _is_json(req: func.HttpRequest) -> bool:
    media_type: str = req.headers.get("Content-Type", "")
    return media_type.partition(";")[0].strip().lower() == "application/json"
