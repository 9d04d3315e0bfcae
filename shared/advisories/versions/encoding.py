"""Building blocks of sort keys: bytes whose plain comparison is the order that a version scheme defines."""

from functools import lru_cache

MAX_VERSION = 256
_MAX_DIGITS = 200

END = b"\x00"
"""Ends a list or a text inside a key; less than the first byte of any number or letter."""


class InvalidVersion(ValueError):
    """A text that is no version of its scheme, so that nothing can be said about its order."""


def require(well_formed: object, version: str, scheme: str) -> None:
    """Raise InvalidVersion unless the version is well formed."""
    if not well_formed:
        raise InvalidVersion(f"{version[:80]!r} is not a valid {scheme} version")


@lru_cache(maxsize=8192)
def number(digits: str) -> bytes:
    """Encode a decimal number of any leading zeros; an empty text counts as zero.

    The first byte is the count of digits plus one, so that longer numbers sort after shorter ones and none
    starts with ``END``. Raises InvalidVersion for a number of more than 200 digits.
    """
    significant = digits.lstrip("0")
    if len(significant) > _MAX_DIGITS:
        raise InvalidVersion(f"a number in a version has more than {_MAX_DIGITS} digits")
    return bytes((len(significant) + 1,)) + significant.encode("ascii")
