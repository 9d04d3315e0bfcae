"""Compare one repository with the log, and mend the log where the registry is another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain.media_types import OCI_INDEX
from shared.domain.registry_activity import RegistryDeletion, RegistryPush
from shared.projections.tags import TagOwner, TagTable
from shared.registry.interface import ListedManifest, ListedTag, RegistryCatalog
from shared.services.commands import Clock
from shared.services.reconciliation.known_names import KnownUse
from shared.services.reconciliation.record_found import RecordFound
from shared.services.record_deletion import RecordDeletion

_ACTOR = "reconciliation"


class Comparison(msgspec.Struct, frozen=True, rename="camel"):
    """What was looked at and mended."""

    manifests: int = 0
    found: int = 0
    untagged: int = 0
    closed: int = 0

    def __add__(self, other: Comparison) -> Comparison:
        """Add another repository."""
        return Comparison(*(one + two for one, two in zip(_numbers(self), _numbers(other), strict=True)))


@dataclass(frozen=True)
class CompareRepository:
    """Nothing is closed for being absent from a list: the registry is asked for each manifest, and must say no."""

    catalog: RegistryCatalog
    tags: TagTable
    record_found: RecordFound
    record_deletion: RecordDeletion
    now: Clock

    def __call__(self, registry: str, repository: str, known: Mapping[str, KnownUse], sweep_id: str) -> Comparison:
        """Compare and mend; raise ScanFailure where the registry cannot be asked, before or after part of the work."""
        seen_at = self.now()  # before the registry is asked: a push that comes meanwhile is the later one
        listed = self.catalog.manifests(registry, repository)
        one = _Repository(self, registry, repository, known, sweep_id, seen_at)
        return Comparison(len(listed), one.find(listed), one.untag(listed), one.close(listed))


@dataclass(frozen=True)
class _Repository:
    by: CompareRepository
    registry: str
    repository: str
    known: Mapping[str, KnownUse]
    sweep_id: str
    seen_at: datetime

    def find(self, listed: Sequence[ListedManifest]) -> int:
        """Record what is listed and not known so; return how many manifests that were."""
        owners = self.by.tags.of(self.registry, self.repository) if listed else {}
        return sum([self._find(manifest, owners) for manifest in listed])

    def untag(self, listed: Sequence[ListedManifest]) -> int:
        """End the tags that are known and not listed, once the registry has said that there is no such tag."""
        there = {tag.name for manifest in listed for tag in manifest.tags}
        claimed = {tag for use in self.known.values() for tag in use.tags} - there
        return sum(self._untag(tag) for tag in sorted(claimed))

    def close(self, listed: Sequence[ListedManifest]) -> int:
        """Close what is known and not listed, once the registry has said that it has no such manifest."""
        there = {manifest.digest for manifest in listed}
        missing = sorted(digest for digest, use in self.known.items() if use.present and digest not in there)
        return sum(self._close(digest) for digest in missing)

    def _find(self, manifest: ListedManifest, owners: Mapping[str, TagOwner]) -> bool:
        use = self.known.get(manifest.digest)
        new = [tag for tag in manifest.tags or (None,) if not self._is_known(manifest.digest, use, tag, owners)]
        if not new:
            return False
        media_type = manifest.media_type or self._media_type(manifest.digest, use)
        if media_type is None:
            return False  # deleted since it was listed
        told = [self._seen(manifest, tag, media_type) for tag in new]
        learned = [self.by.record_found(one) for one in told if one is not None]
        return any(learned)

    def _is_known(
        self, digest: str, use: KnownUse | None, tag: ListedTag | None, owners: Mapping[str, TagOwner]
    ) -> bool:
        if use is None or not use.present or not use.named or use.waits:
            return False
        if tag is None:
            return True
        holders = dict(self._holders(tag.name))
        if not use.is_index:
            return holders == {digest: None}
        owner = owners.get(tag.name)
        # The images of an index that is being resolved have its tag only later.
        return owner is not None and owner.digest == digest and all(index == digest for index in holders.values())

    def _holders(self, tag: str) -> Iterator[tuple[str, str | None]]:
        """Yield the images that the log knows under a tag, each with the index through which."""
        return ((digest, use.tags[tag].index) for digest, use in self.known.items() if tag in use.tags)

    def _seen(self, manifest: ListedManifest, tag: ListedTag | None, media_type: str) -> RegistryPush | None:
        at = self._since(manifest, tag)
        use = self.known.get(manifest.digest)
        if use is not None and not use.present and use.deleted_at is not None and use.deleted_at >= at:
            # The log knows of a later deletion: only what the registry has at this moment is newer.
            at = self.by.now()
            if self.by.catalog.media_type(self.registry, self.repository, manifest.digest) is None:
                return None
        return self._push(manifest.digest, tag.name if tag else None, media_type, at)

    def _since(self, manifest: ListedManifest, tag: ListedTag | None) -> datetime:
        """Say since when a name is there: as the log says, else as the registry says, else since it was seen."""
        use = self.known.get(manifest.digest)
        if use is not None and tag is not None and tag.name in use.tags and use.tags[tag.name].index is None:
            return use.tags[tag.name].since
        told = tag.at if tag is not None else manifest.at
        return self.seen_at if told is None else min(told, self.seen_at)

    def _media_type(self, digest: str, use: KnownUse | None) -> str | None:
        if use is not None and use.is_index:
            return OCI_INDEX
        return self.by.catalog.media_type(self.registry, self.repository, digest)

    def _untag(self, tag: str) -> int:
        at = self.by.now()
        if self.by.catalog.media_type(self.registry, self.repository, tag) is not None:
            return 0
        told = (self._push(digest, tag, "", at) for digest, _ in self._holders(tag))
        return sum([self.by.record_found.untag(one) for one in told])

    def _close(self, digest: str) -> int:
        at = self.by.now()
        if self.by.catalog.media_type(self.registry, self.repository, digest) is not None:
            return 0
        event_id = self._event_id(f"{self.repository} {at.isoformat()}")
        gone = RegistryDeletion(event_id, self.registry, self.repository, digest, at, _ACTOR)
        return self.by.record_deletion.seen(gone)

    def _push(self, digest: str, tag: str | None, media_type: str, at: datetime) -> RegistryPush:
        event_id = self._event_id(f"{self.repository}:{tag or ''}")
        return RegistryPush(event_id, self.registry, self.repository, digest, tag, media_type, at, _ACTOR)

    def _event_id(self, name: str) -> str:
        # Scans are named by it, and stand in addresses: a name of a repository would not.
        return f"{self.sweep_id}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _numbers(one: Comparison) -> tuple[int, ...]:
    return one.manifests, one.found, one.untagged, one.closed
