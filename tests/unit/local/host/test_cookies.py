"""Cookies of a response, from what the library makes of a Set-Cookie header."""

from http.cookies import SimpleCookie

import pytest
from azure_functions_runtime.bindings.datumdef import parse_to_rpc_http_cookie_list

from local.host import messages
from local.host.cookies import set_cookie_header


@pytest.mark.parametrize(
    "header",
    [
        "a=1",
        "a=1; Path=/x; HttpOnly",
        "a=1; Max-Age=60; Domain=example.com; Secure",
        "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
        "a=1; SameSite=Lax",
        "a=1; SameSite=Strict",
        "a=1; SameSite=None",
    ],
)
def test_a_cookie_keeps_its_attributes(header: str) -> None:
    (cookie,) = parse_to_rpc_http_cookie_list([SimpleCookie(header)], messages)
    written = set_cookie_header(cookie)
    assert sorted(written.split("; ")) == sorted(header.split("; "))
