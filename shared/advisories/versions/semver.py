"""Semantic versions as npm, Go and Rust packages carry them: ``1.2.3-rc.1+build``.

Rules: Semantic Versioning 2.0.0, section 11. Taken besides, as found in advisories and as npm's loose mode does: a
leading ``v`` or ``=``, missing or additional numbers (``1.2``, ``1.2.3.4``), leading zeros, and a pre-release
without its hyphen (``1.2.3beta``). Build metadata has no order.
"""

import re

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_GRAMMAR = re.compile(
    r"[v=\s]*(?P<numbers>\d+(?:\.\d+)*)"
    r"(?:-(?P<pre>[0-9a-z-]+(?:\.[0-9a-z-]+)*)|(?P<loose>[a-z][0-9a-z-]*(?:\.[0-9a-z-]+)*))?"
    r"(?:\+[0-9a-z.-]*)?",
    re.ASCII | re.IGNORECASE,
)
_TRAILING_ZEROS = re.compile(r"(\.0+)+$")
_PRE_RELEASE, _RELEASE = b"\x01", b"\x02"
_NUMBER, _TEXT = b"\x01", b"\x02"


def sort_key(version: str) -> bytes:
    """Return the key of a semantic version, or raise InvalidVersion."""
    version = version.strip()
    parts = _GRAMMAR.fullmatch(version) if len(version) <= MAX_VERSION else None
    require(parts, version, "semantic")
    return precedence(parts["numbers"], parts["pre"] or parts["loose"]) if parts else b""


def precedence(numbers: str, pre_release: str | None) -> bytes:
    """Return the key of dotted numbers, of which missing ones are zero, and of dotted pre-release identifiers."""
    key = bytearray()
    for component in _TRAILING_ZEROS.sub("", numbers).split("."):
        key += number(component)
    key += END
    if not pre_release:
        return bytes(key) + _RELEASE
    key += _PRE_RELEASE
    for identifier in pre_release.split("."):
        key += _NUMBER + number(identifier) if identifier.isdecimal() else _TEXT + identifier.encode("ascii") + END
    return bytes(key) + END
