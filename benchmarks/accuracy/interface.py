"""What scanners say about an image, in one shape."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

type Json = Mapping[str, object]


class UnreadableScan(ValueError):
    """A document that is not what a scanner writes, or not of the scanner that was named."""


class PackageId(msgspec.Struct, frozen=True, order=True):
    """An installed package: its package URL type, and name and version in the one spelling that is compared."""

    kind: str
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.kind})"


class Installed(msgspec.Struct, frozen=True):
    """What a scanner knows of a package besides its name: its source package, its place, the OS package above it.

    ``foreign`` is one that it takes for a package of somebody else than the distribution.
    """

    source: str = ""
    source_version: str = ""
    path: str = ""
    owner: str = ""
    foreign: bool = False


class Sighting(msgspec.Struct, frozen=True):
    """One finding: a package, all names of the flaw, and what is said about it.

    ``severity`` is one of ours (``critical`` to ``unknown``), ``fixed`` every version that is named as free of
    it, ``undetermined`` the reason why a finding is none for certain.
    """

    package: PackageId
    flaws: frozenset[str]
    severity: str = "unknown"
    fixed: tuple[str, ...] = ()
    undetermined: str = ""


class Scan(msgspec.Struct, frozen=True):
    """One scanner's answer. ``packages`` is None where it lists only those with findings.

    ``release`` is the distribution's, such as ``12.5``; empty where it is not said.
    """

    scanner: str
    sightings: tuple[Sighting, ...]
    packages: Mapping[PackageId, Installed] | None
    release: str = ""


class Format(Protocol):
    """A form in which a scanner writes its answer."""

    def is_it(self, document: Json, /) -> bool:
        """Say whether a document is of this form."""
        ...

    def read(self, content: bytes, /) -> Scan:
        """Read an answer, or raise UnreadableScan."""
        ...
