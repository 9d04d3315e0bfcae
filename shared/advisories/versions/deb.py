"""Debian's version order: ``[epoch:]upstream[-revision]``.

Rules: Debian Policy, section 5.6.12, and ``dpkg --compare-versions``, which also takes an upstream version that does
not start with a digit.
"""

import re
import string

from shared.advisories.versions.encoding import MAX_VERSION, number, require

_UPSTREAM = re.compile(r"[A-Za-z0-9.+~:-]+", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9.+~]+", re.ASCII)
_PARTS = re.compile(r"([^0-9]*)([0-9]*)")

# A tilde sorts before the end of a part, letters after it, and everything else after the letters.
_TILDE, _END_OF_TEXT = "\x01", "\x02"
_ORDER = str.maketrans(
    {"~": _TILDE}
    | {letter: chr(0x10 + place) for place, letter in enumerate(string.ascii_uppercase + string.ascii_lowercase)}
    | {other: chr(0x60 + place) for place, other in enumerate("+-.:")}
)


def sort_key(version: str) -> bytes:
    """Return the key of a Debian version, or raise InvalidVersion."""
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", epoch
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, "0"
    well_formed = epoch.isdecimal() and epoch.isascii() and _UPSTREAM.fullmatch(upstream)
    require(len(version) <= MAX_VERSION and well_formed and _REVISION.fullmatch(revision), version, "Debian")
    return number(epoch) + _part_key(upstream) + _part_key(revision)


def _part_key(part: str) -> bytes:
    key = bytearray()
    for text, digits in _PARTS.findall(part):
        if text or digits:
            key += (text.translate(_ORDER) + _END_OF_TEXT).encode("latin-1")
            key += number(digits)
    key += _END_OF_TEXT.encode("latin-1")
    return bytes(key)
