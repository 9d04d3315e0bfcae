"""Asking token services: Azure Container Registry's exchange, and the plain token service of other registries.

Sources: Docker "Token Authentication Specification"; Azure Container Registry "AAD-OAuth" (POST /oauth2/exchange,
POST /oauth2/token).
"""

import base64
import re
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec
from urllib3.util import Url, parse_url

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Endpoint
from shared.registry.interface import BasicCredential
from shared.registry.network_failures import firewalled
from shared.registry.refusals import unauthorized
from shared.registry.retries import RetryPolicy
from shared.registry.web import Request, Web

_MAX_ANSWER_BYTES = 64 * 1024
# What may stand in an Authorization header: a token can never add a line to a request.
_TOKEN = re.compile(r"[\x21-\x7e]{1,32768}", re.ASCII)
# "If omitted, this defaults to 60 seconds" (Docker specification).
_DEFAULT_SECONDS = 60.0
_MARGIN_SECONDS = 60.0


class Token(NamedTuple):
    """A token and until when it is used, in seconds since 1970."""

    value: str
    fresh_until: float


class _Answer(msgspec.Struct):
    token: str | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    expires_in: float | None = None


class _Claims(msgspec.Struct):
    exp: float


class TokenServices:
    """Asks for tokens; keeps none."""

    def __init__(self, web: Web, retries: RetryPolicy, clock: Callable[[], float] = time.time) -> None:
        self._web = web
        self._retries = retries
        self._clock = clock

    def refresh_token(self, endpoint: Endpoint, entra_token: str) -> Token:
        """Exchange a Microsoft Entra token for a refresh token of an Azure registry. Raises ScanFailure."""
        form = {"grant_type": "access_token", "service": endpoint.host, "access_token": entra_token}
        answer = self._ask(endpoint, _form(endpoint, "/oauth2/exchange", form))
        return self._token(endpoint, answer.refresh_token, answer.expires_in)

    def access_token(self, endpoint: Endpoint, scope: str, refresh_token: str) -> Token:
        """Get an access token for a scope from an Azure registry. Raises ScanFailure."""
        form = {"grant_type": "refresh_token", "service": endpoint.host, "scope": scope, "refresh_token": refresh_token}
        answer = self._ask(endpoint, _form(endpoint, "/oauth2/token", form))
        return self._token(endpoint, answer.access_token, answer.expires_in)

    def bearer_token(
        self, endpoint: Endpoint, realm: Url, service: str, scope: str, credential: BasicCredential | None
    ) -> Token:
        """Get a token from a realm, anonymous without a credential. Raises ScanFailure."""
        query = urlencode({"service": service, "scope": scope} if service else {"scope": scope})
        address = realm._replace(query=f"{realm.query}&{query}" if realm.query else query)
        headers = {"Authorization": basic(credential)} if credential else {}
        answer = self._ask(endpoint, Request("GET", address, headers))
        return self._token(endpoint, answer.token or answer.access_token, answer.expires_in)

    def _ask(self, endpoint: Endpoint, request: Request) -> _Answer:
        what = f"the answer of the token service {request.url.netloc}"

        def attempt() -> tuple[int, bytes]:
            answer = self._web.send(endpoint, request)
            return answer.status, answer.read(_MAX_ANSWER_BYTES, what)

        status, body = self._retries.run(attempt)
        if status == 403 and (closed := firewalled(endpoint, request.url.netloc or "", body)):
            raise closed
        if status in (400, 401, 403, 404):
            raise unauthorized(endpoint, f"{request.url.netloc} gave no token ({status})")
        if status != 200:
            text = f"{request.url.netloc} answered a request for a token with {status}: the scan is repeated later"
            raise ScanFailure(FailureReason.REGISTRY_ERROR, text)
        try:
            return msgspec.json.decode(body, type=_Answer)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise unauthorized(endpoint, f"{what} cannot be parsed ({error})") from error

    def _token(self, endpoint: Endpoint, value: str | None, expires_in: float | None) -> Token:
        if value is None or not _TOKEN.fullmatch(value):
            raise unauthorized(endpoint, "its token service answered without a usable token")
        now = self._clock()
        expires = _expiry_claim(value) or now + (expires_in or _DEFAULT_SECONDS)
        # A short-lived token is kept for half its life, or every request would ask again.
        return Token(value, expires - min(_MARGIN_SECONDS, max(0.0, expires - now) / 2))


def basic(credential: BasicCredential) -> str:
    """Give the Authorization header of a user name and password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()


def _form(endpoint: Endpoint, path: str, fields: Mapping[str, str]) -> Request:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", parse_url(endpoint.url + path), headers, urlencode(fields).encode())


def _expiry_claim(token: str) -> float | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(payload, type=_Claims).exp
    except (ValueError, RecursionError):
        # Not a JSON Web Token that says when it expires: the answer's own word, or the default, counts.
        return None
