"""Fetching one file over HTTP: streamed to disk, only if it changed, within a size and a time."""

import time
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_CHUNK = 1 << 18
_CONNECT_SECONDS = 10.0
_SILENT_SECONDS = 60.0


class FeedUnavailable(Exception):
    """A feed could not be reached; what was read before stays in force, and a later try may succeed."""


class FeedMissing(FeedUnavailable):
    """A feed's server says that it has no such file."""


class FeedTooLarge(Exception):
    """A feed has more bytes than is allowed."""


class Downloaded(NamedTuple):
    """What was written: the server's ETag (empty without one) and the sha256 of the content in hex."""

    etag: str
    sha256: str


def download(url: str, target: Path, *, etag: str, max_bytes: int, seconds: float) -> Downloaded | None:
    """Write what an URL holds to a file; None if the server says that it still has the ETag.

    Raises FeedUnavailable on any answer but 200 and 304 (FeedMissing on 404), on a broken connection and after
    ``seconds``, and FeedTooLarge.
    """
    from urllib3.exceptions import HTTPError

    headers = {"User-Agent": "plimsoll", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    deadline = time.monotonic() + seconds
    try:
        response = _connections().request("GET", url, headers=headers, preload_content=False)
        try:
            if response.status == 304 and etag:
                return None
            if response.status != 200:
                failure = FeedMissing if response.status == 404 else FeedUnavailable
                raise failure(f"{url} answered {response.status}; check the base address and the ecosystem")
            return Downloaded(response.headers.get("ETag", ""), _save(response, target, max_bytes, deadline, url))
        finally:
            response.close()
    except HTTPError as error:
        raise FeedUnavailable(f"{url} could not be fetched: {error}") from error


def _save(response: "BaseHTTPResponse", target: Path, max_bytes: int, deadline: float, url: str) -> str:
    digest = sha256()
    left = max_bytes
    with target.open("wb") as file:
        # read1 hands over what is there: a server that drips bytes cannot keep the deadline from being looked at.
        while chunk := response.read1(_CHUNK, decode_content=False):
            left -= len(chunk)
            if left < 0:
                raise FeedTooLarge(f"{url} has more than {max_bytes} bytes")
            if time.monotonic() > deadline:
                raise FeedUnavailable(f"{url} took too long; it is fetched again next time")
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


@cache
def _connections() -> "PoolManager":
    from urllib3 import PoolManager, Retry, Timeout

    return PoolManager(
        timeout=Timeout(connect=_CONNECT_SECONDS, read=_SILENT_SECONDS),
        retries=Retry(total=3, connect=2, read=1, redirect=3, backoff_factor=0.2, respect_retry_after_header=False),
    )
