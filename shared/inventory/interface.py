"""What a reader gives, and what is remembered of a layer: the documents that go to storage.

A LayerInventory is cached under *layer digest + READER_VERSION*. It says what the layer alone holds; what an
image holds comes from :func:`shared.inventory.merge.merge_layers`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

import msgspec

from shared.domain.packages import Distribution
from shared.inventory.limits import ScanLimits

# Raise it with every change of what the readers find or of these shapes: older layer inventories are then read anew.
READER_VERSION = "4"


class PackageKind(StrEnum):
    """Who installed a package, by the package URL type that says so."""

    DEB = "deb"
    APK = "apk"
    RPM = "rpm"
    PYPI = "pypi"
    NPM = "npm"
    GO = "golang"
    MAVEN = "maven"
    NUGET = "nuget"
    GEM = "gem"
    CARGO = "cargo"
    COMPOSER = "composer"


class FoundPackage(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A package as its file names it, before the distribution is known.

    ``module`` is the label of an rpm module, ``inside`` the place of a package in an archive.
    """

    kind: PackageKind
    name: str
    version: str
    source: str = ""
    source_version: str = ""
    architecture: str = ""
    module: str = ""
    inside: str = ""


class FileFacts(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What one file told.

    ``owned`` maps the paths of language package files and programs to the OS package that installed them.
    ``unreadable`` says why a package database could not be read, or not wholly.
    """

    packages: tuple[FoundPackage, ...] = ()
    owned: dict[str, str] = msgspec.field(default_factory=dict)
    distribution: Distribution | None = None
    unreadable: str = ""


class LayerInventory(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What one layer holds, whatever is below it. Paths have no leading slash, no ``.`` and no ``..``.

    ``links`` maps every symbolic link to its target. ``whiteouts`` are removed from the layers below, of
    ``opaque`` directories everything below them is. ``files_seen`` and ``directories_seen`` are the fingerprints of
    all paths of the layer (:mod:`shared.inventory.fingerprints`), because a file may take the place of a directory
    of a lower layer, and a directory that of a link.
    """

    digest: str
    diff_id: str
    files: dict[str, FileFacts] = msgspec.field(default_factory=dict)
    links: dict[str, str] = msgspec.field(default_factory=dict)
    whiteouts: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    files_seen: bytes = b""
    directories_seen: bytes = b""


class LayerReader(Protocol):
    """Reads one layer: :func:`shared.inventory.layer.scan_layer`, in this process or in one of its own."""

    def __call__(
        self, chunks: Iterable[bytes], /, *, digest: str, media_type: str, diff_id: str, limits: ScanLimits
    ) -> LayerInventory:
        """Read a layer that arrives in compressed chunks, verified against ``digest``; raise ScanFailure."""
        ...


class Reader(Protocol):
    """Turns the content of one wanted file into facts; every content gives facts, never another exception."""

    def __call__(self, path: str, content: bytes, /) -> FileFacts:
        """Read one file."""
        ...
