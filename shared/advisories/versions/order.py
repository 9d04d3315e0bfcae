"""Versions sorted as their ecosystem orders them."""

from collections.abc import Iterable

from shared.advisories.ecosystems import scheme_by_purl
from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.scheme import Scheme, sort_key


def in_order(purl: str, versions: Iterable[str]) -> tuple[str, ...]:
    """Sort versions of the kind of package that a package URL names, oldest first; unreadable ones come first."""
    scheme = scheme_by_purl(purl)
    return tuple(sorted(versions, key=lambda version: (_key(scheme, version), version)))


def _key(scheme: Scheme | None, version: str) -> bytes:
    try:
        return sort_key(scheme, version) if scheme else b""
    except InvalidVersion:
        return b""
