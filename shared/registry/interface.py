"""The seam of the registry client: what it gives, and what it needs from outside."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from shared.domain.events import StatedBase
from shared.domain.packages import Platform

USER_AGENT = "plimsoll-scanner/0.1.0"
"""Sent with every request; pull logs are filtered by it, so that a scan never counts as a pull."""

IMAGE_CONFIG_TYPES = frozenset(
    {"application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"}
)
_IN_TOTO = "application/vnd.in-toto+json"
_REFERENCE_TYPE = "vnd.docker.reference.type"


class Descriptor(msgspec.Struct, frozen=True):
    """A blob or manifest by its content: media type, digest, and size in bytes."""

    media_type: str
    digest: str
    size: int


class ImageManifest(msgspec.Struct, frozen=True):
    """One image, or one artifact that is stored like an image. ``layers`` are ordered from the base up."""

    digest: str
    media_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    artifact_type: str = ""
    stated_base: StatedBase | None = None

    @property
    def is_attestation(self) -> bool:
        """Say whether this only vouches for another image (BuildKit: every layer is an in-toto statement)."""
        return bool(self.layers) and all(layer.media_type == _IN_TOTO for layer in self.layers)

    @property
    def is_image(self) -> bool:
        """Say whether this is a container image rather than a chart, a signature or another artifact."""
        return self.config.media_type in IMAGE_CONFIG_TYPES and not self.artifact_type and not self.is_attestation


class IndexEntry(msgspec.Struct, frozen=True):
    """One manifest that an index lists."""

    digest: str
    size: int
    media_type: str
    platform: Platform | None
    annotations: Mapping[str, str]

    @property
    def is_attestation(self) -> bool:
        """Say whether the entry vouches for another one instead of being an image for a platform."""
        unknown = self.platform is not None and self.platform.os == self.platform.architecture == "unknown"
        return unknown or self.annotations.get(_REFERENCE_TYPE) == "attestation-manifest"


class IndexManifest(msgspec.Struct, frozen=True):
    """A name for several manifests: an OCI index or a Docker manifest list."""

    digest: str
    media_type: str
    entries: tuple[IndexEntry, ...]


class ImageConfig(msgspec.Struct, frozen=True):
    """The configuration of an image; ``diff_ids`` are the digests of its layers after inflating.

    ``platform`` has empty parts where the configuration names none. ``created`` is RFC 3339, as written there.
    """

    platform: Platform
    diff_ids: tuple[str, ...]
    created: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}


class ListedTag(msgspec.Struct, frozen=True):
    """A tag of a listing, and since when it names its manifest, where the registry tells."""

    name: str
    at: datetime | None = None


class ListedManifest(msgspec.Struct, frozen=True):
    """A manifest that a registry holds; ``media_type`` is empty where the listing leaves it out."""

    digest: str
    media_type: str
    tags: tuple[ListedTag, ...] = ()
    at: datetime | None = None


class BasicCredential(msgspec.Struct, frozen=True):
    """A user name and password for one registry; the password never shows in a log."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"BasicCredential(username={self.username!r})"


class AadTokens(Protocol):
    """Where Microsoft Entra access tokens come from."""

    def get(self, scope: str) -> str:
        """Return an access token for a scope, or raise ScanFailure with reason ``unauthorized``."""
        ...


class ImageRegistry(Protocol):
    """Reads images. Every method raises ScanFailure, and InvalidReference for a name outside the grammar."""

    def resolve(self, registry: str, repository: str, reference: str) -> str:
        """Return the digest that a tag points at now."""
        ...

    def manifest(self, registry: str, repository: str, reference: str) -> ImageManifest | IndexManifest:
        """Return the manifest behind a tag or digest, its digest verified."""
        ...

    def config(self, registry: str, repository: str, manifest: ImageManifest) -> ImageConfig:
        """Return the configuration of an image, its digest verified."""
        ...

    def blob(self, registry: str, repository: str, descriptor: Descriptor) -> Iterator[bytes]:
        """Stream a blob. What was yielded counts only once the iterator ends without ScanFailure."""
        ...


class RegistryCatalog(Protocol):
    """Lists what registries hold. Every method raises ScanFailure: a listing that is not whole is none."""

    def repositories(self, registry: str, after: str) -> Iterator[str]:
        """Yield the repositories of a registry, in its own order; those behind ``after``."""
        ...

    def manifests(self, registry: str, repository: str) -> Sequence[ListedManifest]:
        """Return all manifests of a repository that the registry lists; one that is gone has none.

        Registries other than Azure's list tags only: a manifest without a tag may be there all the same.
        """
        ...

    def media_type(self, registry: str, repository: str, reference: str) -> str | None:
        """Ask for one manifest: its media type, None only where the registry itself says that there is none."""
        ...
