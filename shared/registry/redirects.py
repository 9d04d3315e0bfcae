"""Where a redirect may lead, and what is not sent along."""

from collections.abc import Mapping
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Endpoint

MAX_REDIRECTS = 5
STATUSES = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}


def is_own_origin(url: Url, endpoint: Endpoint) -> bool:
    """Say whether an address has the scheme, host and port of the registry itself."""
    own = parse_url(endpoint.url)
    return _origin(url) == _origin(own)


def without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is meant for the registry only."""
    return {name: value for name, value in headers.items() if name.lower() != "authorization"}


def redirected(url: Url, location: str, endpoint: Endpoint) -> Url:
    """Return the address that a ``Location`` names.

    Raises ScanFailure with reason ``registry-not-allowed`` for one that must not be followed: no web address, one
    with a user name inside, or one without TLS unless the registry itself is listed without TLS.
    """
    try:
        target = parse_url(urljoin(url.url, location))
    except (LocationParseError, ValueError) as error:
        raise _refused(endpoint, location, "cannot be parsed") from error
    if target.scheme not in _PORTS or not target.host:
        raise _refused(endpoint, location, "is no web address")
    if target.auth is not None:
        raise _refused(endpoint, location, "has a user name inside")
    if target.scheme == "http" and endpoint.scheme == "https":
        raise _refused(endpoint, location, "has no TLS")
    return target


def _origin(url: Url) -> tuple[str | None, str | None, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme or "")


def _refused(endpoint: Endpoint, location: str, why: str) -> ScanFailure:
    # Without its query, which holds the signature of a download.
    shown = ascii(location.partition("?")[0])[:200]
    text = f"{endpoint.host} redirected to {shown}, which {why}: not followed"
    return ScanFailure(FailureReason.REGISTRY_NOT_ALLOWED, text)
