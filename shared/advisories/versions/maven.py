"""Maven's version order: ``1.0-alpha-2-SNAPSHOT``, ``5.2.0.RELEASE``, ``31.1-jre``.

Rules: the POM reference, "Version Order Specification", with what Maven's ``ComparableVersion`` does since 3.8.7:
``release`` is a release like ``final`` and ``ga``, and zeros before a qualifier count for nothing (``2.0.x`` is
``2-x``). Maven takes every text; here a version needs a digit, so that ``unspecified`` is not older than everything.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_GRAMMAR = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z.+_-]+", re.ASCII)
_TOKENS = re.compile(r"([.-]|(?<=[0-9])(?![0-9.-])|(?<=[^0-9.-])(?=[0-9]))")
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_RELEASE = frozenset(("", "ga", "final", "release"))

# What a token sorts as against any other kind, the end of a version among them.
_KNOWN = {"alpha": 1, "beta": 2, "milestone": 3, "rc": 4, "cr": 4, "snapshot": 5, "sp": 8}
_STOP, _NO_QUALIFIER, _QUALIFIER, _AFTER_HYPHEN, _AFTER_DOT = 6, 7, 9, 10, 11


class _Token(NamedTuple):
    hyphen: bool
    text: str

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()

    @property
    def is_null(self) -> bool:
        return not self.text.strip("0") or self.text in _RELEASE


def sort_key(version: str) -> bytes:
    """Return the key of a Maven version, or raise InvalidVersion."""
    version = version.strip().lower()
    require(len(version) <= MAX_VERSION and _GRAMMAR.fullmatch(version), version, "Maven")
    key = bytearray()
    for token in _trimmed(_tokens(version)):
        key += _token_key(token)
    key.append(_STOP)
    return bytes(key)


def _tokens(version: str) -> list[_Token]:
    parts = _TOKENS.split(version)
    tokens = []
    # A part and the separator before it; an empty separator is the border between digits and letters.
    for place in range(0, len(parts), 2):
        separator = parts[place - 1] if place else "."
        text = parts[place] or "0"
        short = place + 1 < len(parts) and parts[place + 1] == "" and text in _SHORT
        tokens.append(_Token(separator != ".", _SHORT[text] if short else text))
    return tokens


def _trimmed(tokens: list[_Token]) -> Iterable[_Token]:
    """Drop what stands for nothing at the end, and before each hyphen or qualifier; the first token stays."""
    kept: list[_Token] = []
    for token in tokens:
        if token.hyphen or not token.is_number:
            _drop_nulls(kept)
        kept.append(token)
    _drop_nulls(kept)
    return kept


def _drop_nulls(kept: list[_Token]) -> None:
    while kept and kept[-1].is_null:
        kept.pop()


def _token_key(token: _Token) -> bytes:
    if token.is_number:
        return bytes((_AFTER_HYPHEN if token.hyphen else _AFTER_DOT,)) + number(token.text)
    if token.text in _RELEASE:
        return bytes((_NO_QUALIFIER,))
    known = _KNOWN.get(token.text)
    return bytes((known,)) if known else bytes((_QUALIFIER,)) + token.text.encode("ascii") + END
