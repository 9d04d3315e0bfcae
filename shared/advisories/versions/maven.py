"""Maven's version order: ``1.0-alpha-2-SNAPSHOT``, ``5.2.0.RELEASE``, ``31.1-jre``.

Rules: the POM reference, "Version Order Specification", with what Maven's ``ComparableVersion`` does since 3.8.7:
``release`` is a release like ``final`` and ``ga``, and zeros before a qualifier count for nothing (``2.0.x`` is
``2-x``). Maven takes every text; here a version needs a digit, so that ``unspecified`` is not older than everything.
"""

import re

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_GRAMMAR = re.compile(r"(?=[^0-9]*[0-9])[0-9a-z][0-9a-z.+_-]*", re.ASCII)
# A separator, none at the border between digits and letters, with what follows it.
_TOKENS = re.compile(r"([.-]?)([0-9]+|[^0-9.-]+|(?=[.-]|\Z))")
_SHORT = re.compile(r"(?<![^0-9.-])[abm](?=[0-9])")
_WORDS = {"a": "alpha", "b": "beta", "m": "milestone"}

# What a token sorts as against any other kind, the end of a version among them.
_STOP, _RELEASE, _QUALIFIER, _AFTER_HYPHEN, _AFTER_DOT = (bytes((code,)) for code in (6, 7, 9, 10, 11))
_KNOWN = {
    "alpha": b"\x01",
    "beta": b"\x02",
    "milestone": b"\x03",
    "rc": b"\x04",
    "cr": b"\x04",
    "snapshot": b"\x05",
    "ga": _RELEASE,
    "final": _RELEASE,
    "release": _RELEASE,
    "sp": b"\x08",
}
_ZERO = number("0")
_NULLS = frozenset((_RELEASE, _AFTER_HYPHEN + _ZERO, _AFTER_DOT + _ZERO))


def sort_key(version: str) -> bytes:
    """Return the key of a Maven version, or raise InvalidVersion."""
    text = version.strip().lower()
    require(len(text) <= MAX_VERSION and _GRAMMAR.fullmatch(text), version, "Maven")
    return b"".join(_trimmed(_SHORT.sub(lambda found: _WORDS[found[0]], text))) + _STOP


def _trimmed(version: str) -> list[bytes]:
    """Encode the tokens without those that stand for nothing at the end, or before a hyphen or a qualifier."""
    kept: list[bytes] = []
    # The first token counts as one after a dot.
    for separator, token in _TOKENS.findall("." + version):
        is_number = token.isdigit() or not token
        if separator != "." or not is_number:
            _drop_nulls(kept)
        if is_number:
            kept.append((_AFTER_DOT if separator == "." else _AFTER_HYPHEN) + number(token))
        else:
            kept.append(_KNOWN.get(token) or _QUALIFIER + token.encode("ascii") + END)
    _drop_nulls(kept)
    return kept


def _drop_nulls(kept: list[bytes]) -> None:
    while kept and kept[-1] in _NULLS:
        kept.pop()
