"""Access to registries: tokens asked for once per registry and repository, and kept until shortly before they expire.

Where credentials go: a Microsoft Entra token and a password to the registry's own origin only. A registry that
names a token service elsewhere gets an anonymous token from there, over TLS, and never a credential: else an image
name could carry the credentials of one registry to another (CVE-2024-35192).
"""

import threading
import time
from collections.abc import Callable, Mapping

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from shared.domain.clouds import REGISTRY_SCOPE
from shared.domain.failures import ScanFailure
from shared.registry.allowlist import Endpoint
from shared.registry.challenges import Challenge, InvalidChallenge, choose_challenge
from shared.registry.interface import AadTokens, BasicCredential
from shared.registry.redirects import is_own_origin
from shared.registry.refusals import unauthorized
from shared.registry.token_services import Token, TokenServices, basic


class _Known:
    """What is known of one registry. The lock is held while it is asked: many threads ask it once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.challenge: Challenge | None = None
        self.refresh_token: Token | None = None
        self.access_tokens: dict[str, Token] = {}


class Authenticator:
    """Knows the ``Authorization`` header for a scope; safe for many threads."""

    def __init__(
        self,
        services: TokenServices,
        aad: AadTokens | None,
        passwords: Mapping[str, BasicCredential],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._services = services
        self._aad = aad
        self._passwords = dict(passwords)
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def header(self, endpoint: Endpoint, scope: str) -> str:
        """Return the header for a registry whose way of asking is known, else an empty text. Raises ScanFailure."""
        known = self._known.setdefault(endpoint.host, _Known())
        with known.lock:
            return self._authorization(endpoint, known, known.challenge, scope) if known.challenge else ""

    def renewed(self, endpoint: Endpoint, scope: str, challenge: str, rejected: str) -> str:
        """Return a header that answers a challenge, other than the one just rejected. Raises ScanFailure."""
        known = self._known.setdefault(endpoint.host, _Known())
        with known.lock:
            known.challenge = _chosen(endpoint, challenge)
            cached = known.access_tokens.get(scope)
            # Another thread may have renewed it meanwhile; then the newer one is used.
            if cached and _bearer(cached) == rejected:
                del known.access_tokens[scope]
            return self._authorization(endpoint, known, known.challenge, scope)

    def _authorization(self, endpoint: Endpoint, known: _Known, challenge: Challenge, scope: str) -> str:
        if challenge.scheme == "basic":
            return basic(self._password(endpoint))
        # The scope is our own: a challenge cannot widen what is asked for.
        token = known.access_tokens.get(scope)
        if token is None or not self._is_fresh(token):
            token = self._ask(endpoint, known, challenge, scope)
            kept = {other: value for other, value in known.access_tokens.items() if self._is_fresh(value)}
            known.access_tokens = kept | {scope: token}
        return _bearer(token)

    def _is_fresh(self, token: Token) -> bool:
        return token.fresh_until > self._clock()

    def _password(self, endpoint: Endpoint) -> BasicCredential:
        password = self._passwords.get(endpoint.host)
        if password is None:
            raise unauthorized(endpoint, "it asks for a user name and password, and none is configured")
        return password

    def _ask(self, endpoint: Endpoint, known: _Known, challenge: Challenge, scope: str) -> Token:
        realm = _realm(endpoint, challenge)
        own = is_own_origin(realm, endpoint)
        if endpoint.azure and self._aad is not None:
            if not own:
                raise unauthorized(endpoint, "it names a token service elsewhere, where no Entra token is sent")
            return self._ask_azure(endpoint, known, scope, self._aad)
        credential = self._passwords.get(endpoint.host) if own else None
        return self._services.bearer_token(endpoint, realm, challenge.service, scope, credential)

    def _ask_azure(self, endpoint: Endpoint, known: _Known, scope: str, aad: AadTokens) -> Token:
        if known.refresh_token is None or not self._is_fresh(known.refresh_token):
            known.refresh_token = self._services.refresh_token(endpoint, aad.get(REGISTRY_SCOPE))
        try:
            return self._services.access_token(endpoint, scope, known.refresh_token.value)
        except ScanFailure:
            # It may have been revoked: the next scan exchanges a new one.
            known.refresh_token = None
            raise


def _chosen(endpoint: Endpoint, header: str) -> Challenge:
    try:
        return choose_challenge(header)
    except InvalidChallenge as error:
        raise unauthorized(endpoint, f"it asks for authentication in a way that is not supported: {error}") from error


def _realm(endpoint: Endpoint, challenge: Challenge) -> Url:
    try:
        realm = parse_url(challenge.realm)
    except LocationParseError as error:
        raise unauthorized(endpoint, "it names a token service that is no address") from error
    if not realm.host or realm.auth is not None or not (realm.scheme == "https" or is_own_origin(realm, endpoint)):
        raise unauthorized(endpoint, "it names a token service that is not reached over TLS, which is not asked")
    return realm


def pull_scope(repository: str) -> str:
    """Name the right to read the manifests and blobs of one repository."""
    return f"repository:{repository}:pull"


def _bearer(token: Token) -> str:
    return f"Bearer {token.value}"
