"""Fingerprints of paths: whether a layer touches a path, in 8 bytes a path instead of the path."""

from array import array
from hashlib import blake2b

_SIZE = 8


def fingerprint(path: bytes) -> bytes:
    """Give the 64-bit fingerprint of a path: BLAKE2b with a digest of 8 bytes."""
    return blake2b(path, digest_size=_SIZE).digest()


def number(path: str) -> int:
    """Give the fingerprint of a path as it stands in :func:`numbers`."""
    return array("Q", fingerprint(path.encode()))[0]


def numbers(packed: bytes) -> array[int]:
    """Unpack fingerprints that were joined; bytes left over at the end of a damaged document are dropped."""
    return array("Q", packed[: len(packed) // _SIZE * _SIZE])
