"""What went wrong on the way to a registry: what was tried, how it failed, and what to do about it."""

from __future__ import annotations

import re
import ssl

from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Url, parse_url

from shared.domain.clouds import LOGIN_SERVER_SUFFIXES
from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Endpoint
from shared.registry.pools import CONNECT_SECONDS, READ_SECONDS

# "client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
_FIREWALL = re.compile(
    rb"aka\.ms/acr/firewall|client with IP (?:'|\\u0027)?([0-9A-Fa-f.:]{2,45})(?:'|\\u0027)? is not allowed"
)


def unreachable(endpoint: Endpoint, url: Url, error: Exception) -> ScanFailure:
    """Make the failure of a request that got no answer, from the error of the network."""
    tried = url.netloc or endpoint.host
    how, advice = _explained(endpoint, tried, error)
    text = f"{tried} cannot be reached: {how}; {advice}"
    if tried != parse_url(endpoint.url).netloc:
        text = f"{endpoint.host} answers, but it sends downloads to {tried}, its data endpoint or storage: {text}"
    return ScanFailure(FailureReason.REGISTRY_UNREACHABLE, text)


def firewalled(endpoint: Endpoint, tried: str, body: bytes) -> ScanFailure | None:
    """Make the failure of an answer 403 that comes of network rules, or None where it comes of something else."""
    found = _FIREWALL.search(body)
    if found is None:
        return None
    address = found[1].decode("ascii") if found[1] else "this address"
    text = (
        f"network refused: the network rules of {endpoint.host} do not let {address} in ({tried} answered 403): "
        f"{_open_up(endpoint)}"
    )
    return ScanFailure(FailureReason.NETWORK_REFUSED, text)


def _explained(endpoint: Endpoint, tried: str, error: Exception) -> tuple[str, str]:
    """Say how a connection failed, and what to do about it."""
    # The first is a kind of the second, and that of the third.
    if isinstance(error, NameResolutionError | OSError):
        return f"no address was found for its name ({_cause(error)})", _name_advice(tried)
    if isinstance(error, NewConnectionError):
        return f"no connection could be made ({_cause(error)})", f"network refused: {_open_up(endpoint)}"
    if isinstance(error, ConnectTimeoutError):
        how = f"nothing answered within {CONNECT_SECONDS:g} seconds, as where a firewall drops connections"
        return how, f"network refused: {_open_up(endpoint)}"
    if isinstance(error, SSLError):
        advice = "renew the certificate, or exempt the registry from whatever inspects TLS between it and the app"
        return f"its certificate or its TLS was not accepted ({_cause(error)})", advice
    if isinstance(error, ReadTimeoutError):
        how = f"it took the connection, and said nothing for {READ_SECONDS:g} seconds"
        return how, "look at the health of the registry; the scan is repeated later"
    return f"the connection was cut ({_cause(error)})", "check what lies between; the scan is repeated later"


def _name_advice(tried: str) -> str:
    suffix = tried.partition(":")[0].rpartition(".data.")[2]
    zones = [known for known in LOGIN_SERVER_SUFFIXES if suffix == known or suffix.endswith(f".{known}")]
    advice = "check how it is written and that it still exists"
    if zones:
        advice += (
            f", and with private endpoints that the DNS zone privatelink.{zones[0]} is linked to the app's network"
        )
    return advice


def _open_up(endpoint: Endpoint) -> str:
    if endpoint.azure:
        return (
            "enable a private endpoint for the registry in the app's network, data endpoint included, or allow the "
            "app's outbound addresses in the registry's network rules"
        )
    return "check that the registry runs, and allow connections from the app in the rules of its network"


def _cause(error: Exception) -> str:
    """Give the innermost cause, which says what the outer ones only carry."""
    inner: BaseException = error
    while isinstance(next_one := inner.__cause__ or (inner.args[-1] if inner.args else None), BaseException):
        inner = next_one
    if isinstance(inner, ssl.SSLCertVerificationError):
        return inner.verify_message
    return (inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner))[:200]
