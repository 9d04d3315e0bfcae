"""Package URLs, as far as telling whether one names what another is: https://github.com/package-url/purl-spec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

_TYPE = re.compile(r"[a-z][a-z0-9.+-]*", re.ASCII)
_MOST = 1000
# The types whose names the specification has in lower case; of the others case may matter.
_LOWER = frozenset({"apk", "composer", "deb", "golang", "npm", "oci", "pypi"})
_SEPARATORS = re.compile(r"[-_.]+")  # of PyPI, PEP 503


class InvalidPackageUrl(ValueError):
    """A text that is no package URL, or one with a path within the package."""


class PackageUrl(NamedTuple):
    """A package URL; ``path`` is its namespace and name, ``version`` empty for every version."""

    type: str
    path: str
    version: str
    qualifiers: Mapping[str, str]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def covers(self, other: PackageUrl) -> bool:
        """Say whether the other is the same package, in the same version if this has one, with all its qualifiers."""
        if (self.type, self.path) != (other.type, other.path):
            return False
        # An epoch is a part of the version that rpm has as a qualifier.
        same_epoch = self.qualifiers.get("epoch", "0") == other.qualifiers.get("epoch", "0")
        if self.version and not (self.version == other.version and same_epoch):
            return False
        return all(other.qualifiers.get(name) == value for name, value in self.qualifiers.items() if name != "epoch")


@lru_cache(maxsize=8192)
def parse_purl(text: str) -> PackageUrl:
    """Read a package URL, or raise InvalidPackageUrl."""
    kind, slash, rest = text.removeprefix("pkg:").lstrip("/").partition("/")
    if not text.startswith("pkg:") or not slash or len(text) > _MOST or not text.isprintable() or " " in text:
        raise InvalidPackageUrl(f"{ascii(text)[:200]} is no package URL such as pkg:deb/debian/openssl@3.0.11-1")
    if "#" in rest:
        raise InvalidPackageUrl(f"{ascii(text)[:200]} names a path within a package, which findings do not tell")
    place, _, query = rest.partition("?")
    # A scope of npm may begin with an unescaped @: that of the version is behind the last slash.
    folder, between, last = place.strip("/").rpartition("/")
    name, _, version = last.partition("@")
    path = unquote(f"{folder}{between}{name}")
    qualifiers = {key.lower(): value for key, value in parse_qsl(query.replace("+", "%2B")) if value}
    if not _TYPE.fullmatch(kind.lower()) or not name:
        raise InvalidPackageUrl(f"{ascii(text)[:200]} is a package URL without a type or a name")
    return PackageUrl(kind.lower(), _normal(kind.lower(), path), unquote(version), qualifiers)


def covers(wanted: str, purl: str) -> bool:
    """Say whether a package URL covers another; one that cannot be read covers nothing, and is covered by none."""
    try:
        return parse_purl(wanted).covers(parse_purl(purl))
    except InvalidPackageUrl:
        return False


def _normal(kind: str, path: str) -> str:
    lowered = path.lower() if kind in _LOWER else path
    return _SEPARATORS.sub("-", lowered) if kind == "pypi" else lowered
