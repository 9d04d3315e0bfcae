"""The version order of RubyGems: ``1.2.3.rc1``, ``1.0.0-beta``.

Rules: ``Gem::Version`` of RubyGems: a hyphen reads ``.pre.``, parts end between digits and letters, a part with
letters makes a pre-release, and missing parts count as zero.
"""

import re
from itertools import groupby

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_GRAMMAR = re.compile(r"[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?", re.ASCII)
_SEGMENTS = re.compile(r"[0-9]+|[A-Za-z]+")

# Zeros before a letter sort between the letters and the end, which counts as zero itself.
_TEXT, _ZERO_BEFORE_TEXT, _STOP, _NUMBER = (bytes((code,)) for code in range(1, 5))


def sort_key(version: str) -> bytes:
    """Return the key of a RubyGems version, or raise InvalidVersion."""
    version = version.strip()
    require(len(version) <= MAX_VERSION and _GRAMMAR.fullmatch(version), version, "RubyGems")
    runs = [list(run) for _, run in groupby(_SEGMENTS.findall(version.replace("-", ".pre.")), key=str.isdigit)]
    key = bytearray()
    for place, run in enumerate(runs):
        if not run[0].isdigit():
            key += b"".join(_TEXT + segment.encode("ascii") + END for segment in run)
            continue
        kept = _without_last_zeros(run)
        key += b"".join(_NUMBER + number(segment) for segment in kept)
        # Only behind the first letter do zeros before another one count.
        if 0 < place < len(runs) - 1:
            key += _ZERO_BEFORE_TEXT * (len(run) - len(kept))
    return bytes(key + _STOP)


def _without_last_zeros(run: list[str]) -> list[str]:
    end = len(run)
    while end and not run[end - 1].strip("0"):
        end -= 1
    return run[:end]
