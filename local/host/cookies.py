"""Cookies of a function's response, as a ``Set-Cookie`` header: RFC 6265, section 4.1."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any


def set_cookie_header(cookie: Any) -> str:
    """Write an ``RpcHttpCookie`` of the Functions protocol as the value of ``Set-Cookie``."""
    parts = [f"{cookie.name}={cookie.value}"]
    if cookie.expires:
        moment = datetime.fromtimestamp(cookie.expires.value.seconds, UTC)
        parts.append(f"Expires={format_datetime(moment, usegmt=True)}")
    if cookie.max_age:
        parts.append(f"Max-Age={int(cookie.max_age.value)}")
    for attribute, field in (("Domain", cookie.domain), ("Path", cookie.path)):
        if field and field.value:
            parts.append(f"{attribute}={field.value}")
    for attribute, field in (("Secure", cookie.secure), ("HttpOnly", cookie.http_only)):
        if field and field.value:
            parts.append(attribute)
    if cookie.same_site:
        parts.append(f"SameSite={cookie.same_site}")
    return "; ".join(parts)
