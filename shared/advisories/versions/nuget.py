"""NuGet's version order: ``1.2.3.4-beta.5+build``.

Rules: NuGet documentation, "Package versioning": Semantic Versioning 2.0.0 with a fourth number, missing numbers and
leading zeros allowed, and labels compared without regard to case.
"""

import re

from shared.advisories.versions.encoding import MAX_VERSION, require
from shared.advisories.versions.semver import precedence

_GRAMMAR = re.compile(
    r"v?(?P<numbers>[0-9]+(?:\.[0-9]+){0,3})(?:-(?P<labels>[0-9a-z-]+(?:\.[0-9a-z-]+)*))?(?:\+[0-9a-z.-]*)?", re.ASCII
)


def sort_key(version: str) -> bytes:
    """Return the key of a NuGet version, or raise InvalidVersion."""
    text = version.strip().lower()
    parts = _GRAMMAR.fullmatch(text) if len(text) <= MAX_VERSION else None
    require(parts, version, "NuGet")
    return precedence(parts["numbers"], parts["labels"]) if parts else b""
