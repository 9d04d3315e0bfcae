"""Who calls: the signed-in user where App Service authentication is on, else the holder of a function key."""

from __future__ import annotations

import base64
import os

import azure.functions as func
import msgspec

_KEY_HOLDER = "function-key"


class _Claim(msgspec.Struct):
    typ: str
    val: str


class _Principal(msgspec.Struct):
    claims: list[_Claim] = []


def caller(req: func.HttpRequest) -> str:
    """Name the caller for the log. The header counts only where the platform itself sets it: it is forgeable."""
    if os.environ.get("WEBSITE_AUTH_ENABLED", "").lower() != "true":
        return _KEY_HOLDER
    try:
        raw = base64.b64decode(req.headers.get("X-MS-CLIENT-PRINCIPAL", ""), validate=True)
        claims = msgspec.json.decode(raw, type=_Principal).claims
    except (ValueError, msgspec.MsgspecError):
        return "unknown"
    named = {claim.typ: claim.val for claim in claims}
    return next((named[kind] for kind in ("preferred_username", "name", "oid") if kind in named), "unknown")[:255]
