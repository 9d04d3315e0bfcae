"""Alpine's version order: ``1.2.3b_rc1_p2~c0ffee-r4``.

Rules: ``apk-package(5)`` and ``src/version.c`` of apk-tools 3. Digits after the letter are taken as apk-tools 2 did.
"""

import re

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_BEFORE = ("alpha", "beta", "pre", "rc")
_AFTER = ("cvs", "svn", "git", "hg", "p")
_SUFFIX = "|".join(_BEFORE + _AFTER)
_GRAMMAR = re.compile(
    rf"[0-9]+(\.[0-9]+)*([a-z]([0-9]+(\.[0-9]+)*)?)?(_({_SUFFIX})[0-9]*)*(~[0-9a-f]+)?(-r[0-9]+)?", re.ASCII
)
_TOKENS = re.compile(rf"\.?(?P<digits>[0-9]+)|(?P<letter>[a-z])|_(?P<suffix>{_SUFFIX})|~(?P<hash>[0-9a-f]+)|-r")

# What a token sorts as against any other kind: where one version ends, a pre-release suffix of the other makes that
# one smaller, and every other token makes it greater.
_SUFFIX_CODE = {suffix: 1 + place for place, suffix in enumerate(_BEFORE)}
_STOP, _REVISION, _HASH, _SUFFIX_NUMBER = 5, 6, 7, 8
_SUFFIX_CODE |= {suffix: 9 + place for place, suffix in enumerate(_AFTER)}
_LETTER, _DIGITS = 14, 15


def sort_key(version: str) -> bytes:
    """Return the key of an Alpine version, or raise InvalidVersion."""
    version = version.strip()
    require(len(version) <= MAX_VERSION and _GRAMMAR.fullmatch(version), version, "Alpine")
    key = bytearray()
    before = ""
    for token in _TOKENS.finditer(version):
        key += _token_key(token, before)
        before = token.lastgroup or "revision"
    key.append(_STOP)
    return bytes(key)


def _token_key(token: re.Match[str], before: str) -> bytes:
    match token.lastgroup:
        case "digits":
            return _digits_key(token["digits"], before)
        case "letter":
            return bytes((_LETTER,)) + token["letter"].encode("ascii")
        case "suffix":
            return bytes((_SUFFIX_CODE[token["suffix"]],))
        case "hash":
            return bytes((_HASH,)) + token["hash"].encode("ascii") + END
    return bytes((_REVISION,))


def _digits_key(digits: str, before: str) -> bytes:
    if before in ("", "revision"):
        return number(digits)
    if before == "suffix":
        return bytes((_SUFFIX_NUMBER,)) + number(digits)
    # A component with a leading zero is compared as text, and so sorts before every other component.
    component = b"\x01" + digits.encode("ascii") + END if digits.startswith("0") else number(digits)
    return bytes((_DIGITS,)) + component
