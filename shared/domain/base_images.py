"""Which leading layers of an image are its base image, told from the layers of all images that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec

from shared.domain.image_health import Health, ImageHealth
from shared.domain.lineage import LayerFindings, Lineage


class BaseKind(StrEnum):
    """How a base is known: as an image, by what the image says, or by layers that other repositories have too."""

    IMAGE = "image"
    STATED = "stated"
    SHARED = "shared-layers"


class NewerBase(msgspec.Struct, frozen=True, rename="camel"):
    """What a tag of the base image names now."""

    registry: str
    repository: str
    tag: str
    digest: str
    health: Health


class BaseImage(msgspec.Struct, frozen=True, rename="camel"):
    """The base of an image: how many of its layers, from the lowest up, and which image that is where it is known.

    ``top_layer`` is the digest of the last of these layers. ``layers`` is 0 where only the image says what it was
    built on: ``stated_name`` and ``stated_digest`` are what it says. ``tags`` name the base image now; ``deleted`` says
    that it cannot be pulled any more. For a base of the kind
    ``shared-layers`` the image is one that has these layers too.
    """

    kind: BaseKind
    layers: int
    top_layer: str = ""
    registry: str = ""
    repository: str = ""
    tags: tuple[str, ...] = ()
    digest: str = ""
    deleted: bool = False
    stated_name: str = ""
    stated_digest: str = ""
    newer: NewerBase | None = None


class Kin(NamedTuple):
    """An image that is known, or was until it was deleted (``listed`` is then false)."""

    health: ImageHealth
    lineage: Lineage
    listed: bool


type _Repository = tuple[str, str]


@dataclass
class _Prefix:
    """Some leading layers, and who has them; ``ways`` are the next layers of a repository's images, two at most."""

    longer: dict[str, _Prefix] = field(default_factory=dict)
    whole: list[Kin] = field(default_factory=list)
    ways: dict[_Repository, dict[str, Kin]] = field(default_factory=dict)


class Family:
    """All images by their layers; every question takes as long as the image has layers."""

    def __init__(self, kin: Iterable[Kin]) -> None:
        self._root = _Prefix()
        self._named: dict[tuple[str, str, str], list[Kin]] = {}
        # In a fixed order: where one of several is told, it is always the same.
        for one in sorted(kin, key=lambda one: (one.health.registry, one.health.repository, one.health.digest)):
            self._add(one)

    def base_of(self, kin: Kin) -> BaseImage | None:
        """Return the base of an image, None where nothing can be said of it."""
        # What lies on the way up, without the image itself: only a part of its layers is a base.
        prefixes = list(self._way(kin.lineage.layers[:-1]))
        for depth in range(len(prefixes), 0, -1):
            if prefixes[depth - 1].whole:
                return self._image(depth, kin, prefixes[depth - 1].whole)
        return _shared(kin, prefixes)

    def _add(self, kin: Kin) -> None:
        place, repository = self._root, _repository(kin)
        for layer in kin.lineage.layers:
            ways = place.ways.setdefault(repository, {})
            if len(ways) < 2:
                ways.setdefault(layer.digest, kin)
            place = place.longer.setdefault(layer.digest, _Prefix())
        place.whole.append(kin)
        for span in kin.lineage.tags:
            if kin.listed and span.until is None:
                self._named.setdefault((kin.health.registry, span.repository, span.tag), []).append(kin)

    def _way(self, layers: Iterable[LayerFindings]) -> Iterator[_Prefix]:
        place: _Prefix | None = self._root
        for layer in layers:
            place = place.longer.get(layer.digest) if place else None
            if place is None:
                return
            yield place

    def _image(self, depth: int, kin: Kin, candidates: Sequence[Kin]) -> BaseImage:
        found = min(candidates, key=lambda one: _fitness(one, kin))
        return msgspec.structs.replace(_told(found, kin, depth), kind=BaseKind.IMAGE, newer=self._newer(found, kin))

    def _newer(self, base: Kin, kin: Kin) -> NewerBase | None:
        """Give what a tag names now that named the base; of several, the tag that moved on last.

        A tag that moved on to the image itself, which was built on what it named before, names no newer base of it.
        """
        moved = ((span.until, span.tag, span.repository) for span in base.lineage.tags if span.until is not None)
        for _, tag, repository in sorted(moved, reverse=True):
            owners = [one.health for one in self._named.get((base.health.registry, repository, tag), ())]
            about = _replacing(base.health, owners)
            if about is not None and about.digest != kin.health.digest:
                return NewerBase(about.registry, repository, tag, about.digest, about.health)
        return None


def _replacing(old: ImageHealth, owners: Sequence[ImageHealth]) -> ImageHealth | None:
    """Choose what came later for the same platform: tags are also set back, and name images of several platforms.

    Of an image that was not scanned the platform is not known; it is taken where there is no choice.
    """
    later = [one for one in owners if one.first_seen and old.first_seen and one.first_seen > old.first_seen]
    unknown = [one for one in later if not one.platform] if len(owners) == 1 else []
    return next((one for one in later if one.platform == old.platform), unknown[0] if unknown else None)


def _shared(kin: Kin, prefixes: Sequence[_Prefix]) -> BaseImage | None:
    """Tell what the image says of its base, and which layers images of other repositories have too."""
    layers, stated = kin.lineage.layers, kin.lineage.stated
    for depth in range(len(prefixes), 0, -1):
        other = _another(prefixes[depth - 1], _repository(kin), layers[depth].digest)
        if other is not None:
            kind = BaseKind.STATED if stated else BaseKind.SHARED
            return msgspec.structs.replace(_told(other, kin, depth), kind=kind)
    if stated is None:
        return None
    return BaseImage(BaseKind.STATED, 0, stated_name=stated.name, stated_digest=stated.digest)


def _another(prefix: _Prefix, own: _Repository, own_way: str) -> Kin | None:
    """Give an image of another repository that has these layers and goes on otherwise: no image built on this one."""
    for repository, ways in prefix.ways.items():
        if repository != own:
            for way, kin in ways.items():
                if way != own_way:
                    return kin
    return None


def _told(found: Kin, kin: Kin, depth: int) -> BaseImage:
    about, stated = found.health, kin.lineage.stated
    return BaseImage(
        kind=BaseKind.SHARED,
        layers=depth,
        top_layer=kin.lineage.layers[depth - 1].digest,
        registry=about.registry,
        repository=about.repository,
        tags=about.tags,
        digest=about.digest,
        deleted=not found.listed,
        stated_name=stated.name if stated else "",
        stated_digest=stated.digest if stated else "",
    )


def _fitness(candidate: Kin, kin: Kin) -> tuple[bool, bool, bool, str, str, str]:
    about = candidate.health
    elsewhere = about.registry != kin.health.registry
    return elsewhere, not candidate.listed, not about.tags, about.registry, about.repository, about.digest


def _repository(kin: Kin) -> _Repository:
    return kin.health.registry, kin.health.repository
