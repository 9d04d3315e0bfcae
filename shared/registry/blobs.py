"""Streaming one blob: verified while it passes, resumed where a connection broke, never longer than promised."""

import hashlib
import re
from collections.abc import Callable, Iterator

from urllib3.exceptions import HTTPError

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.interface import Descriptor
from shared.registry.retries import RetryPolicy
from shared.registry.web import Answer

MAX_RESUMES = 5
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/.*", re.ASCII)

type OpenAt = Callable[[int], Answer]
"""Opens the blob from an offset on: status 200 (the whole) or 206 (from the offset), or 416 if there is no more."""


def stream_blob(open_at: OpenAt, descriptor: Descriptor, retries: RetryPolicy) -> Iterator[bytes]:
    """Yield the bytes of a blob in chunks of up to 512 KiB.

    Raises ScanFailure: ``digest-mismatch`` for other or more bytes than the descriptor names, ``blob-truncated``
    for fewer, also after MAX_RESUMES new connections.
    """
    algorithm, _, expected = descriptor.digest.partition(":")
    digest = hashlib.new(algorithm)
    for chunk in _of_size(open_at, descriptor, retries):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != expected:
        raise _mismatch(descriptor, "other bytes than its digest names")


def _of_size(open_at: OpenAt, descriptor: Descriptor, retries: RetryPolicy) -> Iterator[bytes]:
    offset = 0
    for resumed in range(MAX_RESUMES + 1):
        if resumed:
            retries.wait(resumed - 1)
        answer = open_at(offset)
        if answer.status == 416:
            # There is nothing after the offset: asking again would not change that.
            answer.discard()
            break
        for chunk in _until_broken(answer, offset):
            offset += len(chunk)
            if offset > descriptor.size:
                raise _mismatch(descriptor, f"more than its {descriptor.size} bytes")
            yield chunk
        if offset == descriptor.size:
            return
    raise _truncated(descriptor, offset)


def _until_broken(answer: Answer, offset: int) -> Iterator[bytes]:
    # A server may ignore the range and begin again: what is known already is passed over.
    known = 0 if answer.status == 206 and _starts_at(answer, offset) else offset
    try:
        yield from _skipping(answer.chunks(), known)
    except HTTPError:
        # The connection broke: the caller goes on from where it stopped, on a new one.
        return
    finally:
        # Also when the caller stops early: what is left of the body must not stay in the pool.
        answer.discard()


def _skipping(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    for chunk in chunks:
        if count < len(chunk):
            yield chunk[count:] if count else chunk
        count = max(0, count - len(chunk))


def _starts_at(answer: Answer, offset: int) -> bool:
    """Say whether a partial answer begins at the byte that was asked for (RFC 9110, section 14.4)."""
    match = _CONTENT_RANGE.fullmatch(answer.header("Content-Range"))
    return match is not None and int(match[1]) == offset


def _mismatch(descriptor: Descriptor, what: str) -> ScanFailure:
    text = f"the registry sent {what} for blob {descriptor.digest}: check the registry's storage and push it again"
    return ScanFailure(FailureReason.DIGEST_MISMATCH, text)


def _truncated(descriptor: Descriptor, offset: int) -> ScanFailure:
    text = (
        f"blob {descriptor.digest} ended after {offset} of {descriptor.size} bytes: if it does so again, push it again"
    )
    return ScanFailure(FailureReason.BLOB_TRUNCATED, text)
