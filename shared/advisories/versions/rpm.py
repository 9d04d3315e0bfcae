"""RPM's version order: ``[epoch:]version[-release]``.

Rules: ``rpm-version(7)`` and ``rpmio/rpmvercmp.c``: separators only part segments, ``~`` sorts before the end and
``^`` right after it, letters before digits. A version without a release sorts before all of its releases, even ``~1``
(``rpmverCmp`` of ``rpmio/rpmver.c``).
"""

import re

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_GRAMMAR = re.compile(r"(?:([0-9]+):)?([!-9;-~]+?)(?:-([!-,.-9;-~]+))?", re.ASCII)
_SEGMENTS = re.compile(r"([0-9]+)|([A-Za-z]+)|([~^])")
_TILDE, _STOP, _CARET, _TEXT, _NUMBER = (bytes((code,)) for code in range(1, 6))


def sort_key(version: str) -> bytes:
    """Return the key of an RPM version; a missing epoch is 0. Raises InvalidVersion."""
    version = version.strip()
    parts = _GRAMMAR.fullmatch(version) if len(version) <= MAX_VERSION else None
    require(parts, version, "RPM")
    epoch, upstream, release = parts.groups("") if parts else ("", "", "")
    return number(epoch) + _part_key(upstream) + (_part_key(release) if release else END)


def after_releases(version: str) -> bytes:
    """Return what sorts behind every release of a version that is written without one. Raises InvalidVersion.

    Such a version stands for all of its releases, as in the dependencies of packages.
    """
    return sort_key(version)[: -len(END)] + b"\xff"


def _part_key(part: str) -> bytes:
    key = bytearray()
    for digits, text, mark in _SEGMENTS.findall(part):
        if digits:
            key += _NUMBER + number(digits)
        elif text:
            key += _TEXT + text.encode("ascii") + END
        else:
            key += _TILDE if mark == "~" else _CARET
    return bytes(key + _STOP)
