"""What to do about unhealthy images: packages to upgrade, bases to rebuild on, and what nobody can close yet."""

from __future__ import annotations

import hashlib
import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import msgspec

from shared.domain.base_advice import ImageBase, base_advice, counted
from shared.domain.base_images import BaseImage, BaseKind
from shared.domain.exploits import Exploits
from shared.domain.image_health import ImageHealth
from shared.domain.severity import Severity
from shared.domain.upgrades import Upgrade, UpgradeKey, VersionOrder

MOST_IMAGES = 100
_UNKNOWN = Exploits()
_NO_SIGNALS: Mapping[UpgradeKey, Exploits] = {}
_WORST_FIRST = sorted(Severity, key=lambda severity: severity.rank)


class Kind(StrEnum):
    """What is to be done: upgrade a package, rebuild on a newer base, or live with what has no fix."""

    UPGRADE = "upgrade"
    BASE_IMAGE = "base-image"
    NO_FIX = "no-fix"


class AffectedImage(msgspec.Struct, frozen=True, rename="camel"):
    """An image that a recommendation is for, with how many of its findings it is about.

    ``installed`` is the version of the package, ``fixed_version`` the first one that closes all of these findings; of
    a base image, the digest that the image is built on and the one to rebuild on. Empty where there is none.
    """

    registry: str
    repository: str
    tags: tuple[str, ...]
    digest: str
    installed: str
    fixed_version: str
    findings: int
    of_findings: int
    last_pulled: datetime | None


class LeftOut(msgspec.Struct, frozen=True, rename="camel"):
    """Unhealthy images for which nothing is recommended, as nothing can be done about them."""

    images: int
    registries: tuple[str, ...]
    reason: str = "their registries were removed"


class Recommendation(msgspec.Struct, frozen=True, rename="camel"):
    """One thing to do, over all unhealthy images that it is for.

    ``findings`` are those that an upgrade closes, that a newer base is known to close or else may close, or that have
    no fix. What a base closes is in the upgrades too: it is another way to the same. ``package``, ``ecosystem`` and
    ``fixed_versions`` are empty for a base image, ``base`` is null for a package. Of the images, the worst are in
    ``images``, at most ``MOST_IMAGES``. ``exploited`` is how many of the findings are known to be exploited, and
    ``epss`` the highest score of them; null where nobody knows.
    """

    id: str
    kind: Kind
    title: str
    package: str
    ecosystem: str
    fixed_versions: tuple[str, ...]
    severity: Severity
    severities: dict[str, int]
    findings: int
    remediation: str
    base: BaseImage | None
    image_count: int
    images: tuple[AffectedImage, ...]
    exploited: int | None = None
    epss: float | None = None

    @property
    def position(self) -> Position:
        """Where it stands in the list."""
        exploits = Exploits(self.exploited or 0, self.epss)
        return _position(self.kind, self.severities, exploits, (self._name, self.ecosystem, self.id))

    @property
    def _name(self) -> str:
        return _name_of(self.base, known=True)[0] if self.base else self.package


class Position(NamedTuple):
    """Where a recommendation stands among the others: what nothing fixes comes last.

    Of one severity, what is known to be exploited comes first, then what has the highest EPSS score, and then what
    fixes most of the worst. Numbers of which more is worse are negative.
    """

    unfixed: int
    severity: int
    unexploited: int
    epss: float
    critical: int
    high: int
    medium: int
    low: int
    unknown: int
    negligible: int
    kind: str
    name: str
    ecosystem: str
    id: str


class Need(NamedTuple):
    """An unhealthy image: what closes its findings, and its base where something is known of it.

    ``base_exploits`` is about those findings that a newer base closes, or else may close.
    """

    image: ImageHealth
    upgrades: Sequence[Upgrade]
    base: ImageBase | None
    findings: int
    base_exploits: Exploits = _UNKNOWN


class Share(NamedTuple):
    """An upgrade, and the images that need it, by their places among all that need anything."""

    upgrade: Upgrade
    places: list[int]


@dataclass
class Group:
    """A recommendation in the making: cheap to order, and made only where it is shown.

    Images that are built alike need the same upgrades: ``shares`` has each once, in the order in which they are first
    needed. ``bases`` go with ``places``, one by one. Places are among ``needs``, which all groups have in common.
    """

    kind: Kind
    name: str
    ecosystem: str
    key: str
    needs: Sequence[Need]
    shares: list[Share] = field(default_factory=list)
    bases: list[ImageBase] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    exploits: Exploits = _UNKNOWN

    def add(self, severities: Mapping[str, int], times: int = 1) -> None:
        """Count findings by severity, of so many images."""
        counts = self.counts
        for severity, count in severities.items():
            counts[severity] = counts.get(severity, 0) + count * times

    @cached_property
    def image_count(self) -> int:
        """How many images it is for; one that has two versions of a package needs it twice."""
        return len(set(chain(self.places, *(share.places for share in self.shares))))

    def first(self, most: int) -> list[tuple[Upgrade, Need]]:
        """Return the upgrades of the first images, in the order in which these need them."""
        every = heapq.nsmallest(most, chain.from_iterable(share.places[:most] for share in self.shares))
        if not every:
            return []
        found = [
            (place, _turn(self.needs[place], share.upgrade), share.upgrade)
            for share in self.shares
            for place in share.places[: bisect_right(share.places, every[-1])]
        ]
        listed = sorted(found, key=lambda one: one[:2])[:most]
        return [(upgrade, self.needs[place]) for place, _, upgrade in listed]

    @property
    def id(self) -> str:
        """What names the recommendation for as long as it is about the same."""
        return f"{self.kind}-{hashlib.sha256(self.key.encode(errors='replace')).hexdigest()[:16]}"

    @property
    def position(self) -> Position:
        """Where it stands."""
        return _position(self.kind, self.counts, self.exploits, (self.name, self.ecosystem, self.id))


def _position(kind: Kind, counts: Mapping[str, int], exploits: Exploits, named: tuple[str, str, str]) -> Position:
    critical, high, medium, low, unknown, negligible = (-counts.get(severity, 0) for severity in _WORST_FIRST)
    worst = critical, high, medium, low, unknown, negligible
    severity = next((severity.rank for severity in _WORST_FIRST if counts.get(severity)), len(_WORST_FIRST))
    pressing = severity, int(not exploits.exploited), -(exploits.epss or 0.0)
    return Position(int(kind is Kind.NO_FIX), *pressing, *worst, kind, *named)


def grouped(needs: Iterable[Need], of_upgrades: Mapping[UpgradeKey, Exploits] = _NO_SIGNALS) -> list[Group]:
    """Group what unhealthy images need, in the order of their positions.

    ``of_upgrades`` is what is known of the exploitation of all findings of these images that count.
    """
    groups: dict[tuple[object, ...], Group] = {}
    every = tuple(needs)
    for share in _shares(every):
        upgrade, places = share
        kind = Kind.UPGRADE if upgrade.fixed_versions else Kind.NO_FIX
        group = _of(groups, every, kind, (upgrade.package, upgrade.ecosystem, ""))
        group.shares.append(share)
        group.add(upgrade.severities, len(places))
    for place, need in enumerate(every):
        if need.base is not None and _to_do(need.base):
            name, more = _name_of(need.base.base, known=need.base.closes is not None)
            group = _of(groups, every, Kind.BASE_IMAGE, (name, "", more))
            group.bases.append(need.base)
            group.places.append(place)
            group.add(need.base.closed_severities if need.base.closes else need.base.severities)
            group.exploits = group.exploits.plus(need.base_exploits)
    for group in groups.values():
        if group.kind is not Kind.BASE_IMAGE:
            key = UpgradeKey(group.name, group.ecosystem, group.kind is Kind.UPGRADE)
            group.exploits = of_upgrades.get(key, group.exploits)
    return sorted(groups.values(), key=lambda group: group.position)


def made(group: Group, in_order: VersionOrder, *, kev_known: bool = False) -> Recommendation:
    """Make the recommendation of a group; unless ``kev_known``, that nothing is exploited is not known."""
    recommendation = _of_base(group) if group.kind is Kind.BASE_IMAGE else _of_package(group, in_order)
    exploited, epss = group.exploits
    return msgspec.structs.replace(recommendation, exploited=exploited if exploited or kev_known else None, epss=epss)


def _shares(needs: Sequence[Need]) -> list[Share]:
    """Bring together who needs the same upgrade: those that were read once are one object."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    upgrades: dict[int, Upgrade] = {}
    for place, need in enumerate(needs):
        numbers = [id(upgrade) for upgrade in need.upgrades]
        upgrades.update(zip(numbers, need.upgrades, strict=True))
        for number in numbers:
            places[number].append(place)
    return [Share(upgrades[number], found) for number, found in places.items()]


def _turn(need: Need, upgrade: Upgrade) -> int:
    return next(turn for turn, one in enumerate(need.upgrades) if one is upgrade)


def _of(
    groups: dict[tuple[object, ...], Group], needs: Sequence[Need], kind: Kind, named: tuple[str, str, str]
) -> Group:
    key = kind, *named
    if key not in groups:
        groups[key] = Group(kind, *named[:2], "\n".join(named), needs)
    return groups[key]


def _to_do(base: ImageBase) -> bool:
    """Say whether there is anything to gain: a base without findings, or whose newer one has them all, is left."""
    return base.base.layers > 0 and base.findings > 0 and base.closes != 0


def _name_of(base: BaseImage, *, known: bool) -> tuple[str, str]:
    """Give the name of a base and what else makes it the same for several images."""
    if base.kind is BaseKind.IMAGE:
        newer = base.newer.digest if base.newer else ""
        return base.repository, "\n".join((base.registry, base.digest, newer, str(known)))
    return base.stated_name, f"{base.layers}\n{base.top_layer}"


def _of_package(group: Group, in_order: VersionOrder) -> Recommendation:
    needed = [share.upgrade for share in group.shares]
    worst = min(needed, key=lambda upgrade: upgrade.worst.rank)
    fixed = in_order(worst.purl, {version for upgrade in needed for version in upgrade.fixed_versions})
    images = tuple(_needing(upgrade, need) for upgrade, need in group.first(MOST_IMAGES))
    findings = sum(upgrade.findings * len(places) for upgrade, places in group.shares)
    return Recommendation(
        id=group.id,
        kind=group.kind,
        title=f"{_what(group)}: {counted(findings)} in {counted(group.image_count, 'image')}",
        package=group.name,
        ecosystem=group.ecosystem,
        fixed_versions=fixed,
        severity=worst.worst,
        severities=_every(group.counts),
        findings=findings,
        remediation=worst.remediation if fixed else _NO_FIX,
        base=None,
        image_count=group.image_count,
        images=images,
    )


_NO_FIX = (
    "No fixed version is known. Wait for one, remove the package where nothing needs it, or make a rule that says why"
    " the findings can be lived with."
)


def _what(group: Group) -> str:
    installed = {upgrade.installed for upgrade, _ in group.shares}
    have = f" {installed.pop()}" if len(installed) == 1 else ""
    if group.kind is Kind.NO_FIX:
        return f"no fix yet for {group.name}{have}"
    targets = {upgrade.fixed_versions[-1] for upgrade, _ in group.shares}
    to = targets.pop() if len(targets) == 1 else f"the fixed version of each image, one of {len(targets)}"
    return f"upgrade {group.name}{have} -> {to}" if have else f"upgrade {group.name} to {to}"


def _needing(upgrade: Upgrade, need: Need) -> AffectedImage:
    fixed = upgrade.fixed_versions[-1] if upgrade.fixed_versions else ""
    return _affected(need, upgrade.installed, fixed, upgrade.findings)


def _of_base(group: Group) -> Recommendation:
    needed = group.bases
    # Of images that merely share layers, each may have been told another of them.
    base = min((one.base for one in needed), key=lambda one: (one.registry, one.repository, one.digest))
    newer = base.newer.digest if base.newer else ""
    own = base.digest if base.kind is BaseKind.IMAGE else base.stated_digest
    images = tuple(
        _affected(group.needs[place], own, newer, one.findings if one.closes is None else one.closes)
        for one, place in zip(needed[:MOST_IMAGES], group.places, strict=False)
    )
    come, total = sum(one.findings for one in needed), sum(one.of_findings for one in needed)
    closes = None if any(one.closes is None for one in needed) else sum(one.closes or 0 for one in needed)
    return Recommendation(
        id=group.id,
        kind=group.kind,
        title=f"{base_advice(base, come, total, closes)} ({counted(group.image_count, 'image')})",
        package="",
        ecosystem="",
        fixed_versions=(),
        severity=next(severity for severity in _WORST_FIRST if group.counts.get(severity)),
        severities=_every(group.counts),
        findings=come if closes is None else closes,
        remediation=_REBUILD if base.newer else _REBUILD_AND_SEE,
        base=base,
        image_count=group.image_count,
        images=images,
    )


_REBUILD = "Build the images anew on what the tag of their base names now, push them, and take the old ones out of use."
_REBUILD_AND_SEE = (
    "Pull the newest base image, build the images anew on it, and push them: their next scan tells what that closed."
)


def _affected(need: Need, installed: str, fixed: str, findings: int) -> AffectedImage:
    image = need.image
    return AffectedImage(
        registry=image.registry,
        repository=image.repository,
        tags=image.tags,
        digest=image.digest,
        installed=installed,
        fixed_version=fixed,
        findings=findings,
        of_findings=need.findings,
        last_pulled=image.last_pulled,
    )


def _every(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(severity): counts.get(severity, 0) for severity in Severity}
