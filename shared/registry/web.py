"""Requests over the pools: errors of the network become typed failures, transient ones are tried again."""

import email.utils
import re
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.addresses import Reach, reach_of_host
from shared.registry.allowlist import Endpoint
from shared.registry.interface import USER_AGENT
from shared.registry.network_failures import unreachable
from shared.registry.pools import Pools
from shared.registry.redirects import MAX_REDIRECTS, STATUSES, is_own_origin, redirected, without_credentials
from shared.registry.retries import Transient

_TRANSIENT = frozenset({429, 502, 503, 504})
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)
_DISCARD_BYTES = 16 * 1024
_EXCERPT_BYTES = 4 * 1024

CHUNK_BYTES = 512 * 1024
DOCUMENT_SECONDS = 60.0


class Request(NamedTuple):
    """What is sent; ``body`` is a form, for token services only."""

    method: str
    url: Url
    headers: Mapping[str, str]
    body: bytes | None = None


class Answer(NamedTuple):
    """A response whose body has not been read, and who gave it; ``foreign`` says that it was behind a redirect."""

    response: urllib3.BaseHTTPResponse
    host: str
    foreign: bool = False

    @property
    def status(self) -> int:
        """Give the HTTP status."""
        return self.response.status

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return self.response.headers.get(name, "")

    def discard(self) -> None:
        """Free the connection: for reuse if little is left to read, else by closing it."""
        left = self.response.length_remaining
        if left is None or left > _DISCARD_BYTES:
            self.response.close()
        else:
            self.response.drain_conn()

    def excerpt(self) -> bytes:
        """Return the beginning of the body of a refusal, as far as it arrives, and free the connection."""
        body = b""
        end = time.monotonic() + DOCUMENT_SECONDS
        try:
            while len(body) < _EXCERPT_BYTES and time.monotonic() < end:
                chunk = self.response.read1(_EXCERPT_BYTES)
                if not chunk:
                    break
                body += chunk
        except HTTPError:
            # It only explains the status, which is known.
            return body
        finally:
            self.discard()
        return body

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces of up to CHUNK_BYTES as it arrives. Raises urllib3's HTTPError if it breaks off."""
        # read1 hands over what is there: a server that drips bytes cannot keep the caller from watching the clock.
        while chunk := self.response.read1(CHUNK_BYTES):
            yield chunk

    def read(self, maximum: int, what: str) -> bytes:
        """Read the whole body of a document.

        Raises Transient if it breaks off, and ScanFailure if it is longer, or takes longer, than a document may.
        """
        try:
            return collect(self.chunks(), maximum, what)
        except HTTPError as error:
            raise Transient(ScanFailure(FailureReason.REGISTRY_ERROR, f"{what} broke off: {error}")) from error
        finally:
            self.discard()


def collect(chunks: Iterator[bytes], maximum: int, what: str) -> bytes:
    """Join the chunks of a document. Raises ScanFailure if it has more than ``maximum`` bytes, or drips in."""
    body = bytearray()
    end = time.monotonic() + DOCUMENT_SECONDS
    for chunk in chunks:
        body += chunk
        if len(body) > maximum:
            text = f"{what} is longer than the {maximum} bytes that are read: the image is not scanned"
            raise ScanFailure(FailureReason.LIMIT_EXCEEDED, text)
        if time.monotonic() > end:
            text = f"{what} took more than {DOCUMENT_SECONDS:.0f} seconds to arrive: the scan is repeated later"
            raise ScanFailure(FailureReason.REGISTRY_ERROR, text)
    return bytes(body)


class Web:
    """Sends requests to registries, and to where they redirect; safe for many threads."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools

    def follow(self, endpoint: Endpoint, request: Request) -> Answer:
        """Send a request to a registry and follow its redirects; the caller reads or discards the body.

        ``Authorization`` is sent to the registry's own origin only. Raises Transient or ScanFailure.
        """
        for _ in range(MAX_REDIRECTS + 1):
            answer = self.send(endpoint, request)
            location = answer.header("Location")
            if answer.status not in STATUSES or not location:
                return answer
            answer.discard()
            request = request._replace(url=redirected(request.url, location, endpoint))
        text = f"{endpoint.host} redirected more than {MAX_REDIRECTS} times: check the registry's storage settings"
        raise ScanFailure(FailureReason.REGISTRY_ERROR, text)

    def send(self, endpoint: Endpoint, request: Request) -> Answer:
        """Send one request and follow nothing. Raises Transient, or ScanFailure for a forbidden address."""
        own = is_own_origin(request.url, endpoint)
        headers = request.headers if own else without_credentials(request.headers)
        # The registry itself was allowed by name, wherever it lies; what it points at was not.
        pool = self._pools.within(Reach.LOOPBACK if own else _reach(endpoint))
        try:
            response = pool.request(
                request.method,
                request.url.url,
                body=request.body,
                headers={"User-Agent": USER_AGENT, **headers},
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except HTTPError as error:
            raise Transient(unreachable(endpoint, request.url, error)) from error
        answer = Answer(response, request.url.netloc or endpoint.host, foreign=not own)
        if answer.status in _TRANSIENT:
            answer.discard()
            raise Transient(_overloaded(request.url, answer.status), _retry_after(answer.header("Retry-After")))
        return answer


def _reach(endpoint: Endpoint) -> Reach:
    try:
        return min(reach_of_host(endpoint.host.partition(":")[0]), Reach.LOOPBACK)
    except OSError as error:
        raise Transient(unreachable(endpoint, parse_url(endpoint.url), error)) from error


def _overloaded(url: Url, status: int) -> ScanFailure:
    text = f"{url.netloc} answered {status}, it has too much to do: the scan is repeated later"
    return ScanFailure(FailureReason.REGISTRY_ERROR, text)


def _retry_after(header: str) -> float:
    if _SECONDS.fullmatch(header):
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, OverflowError):
        # RFC 9110, section 10.2.3: seconds or a date; anything else asks for nothing.
        return 0.0
