"""Read what to do: the upgrades that close findings, each with the images that need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.advisories.versions.order import in_order
from shared.domain.image_health import Health
from shared.domain.severity import Severity
from shared.domain.upgrades import Upgrade
from shared.projections.image_rows import ImageAnswer
from shared.services.query_images import ImageFilter, QueryImages


class AffectedImage(msgspec.Struct, frozen=True, rename="camel"):
    """An image that a recommendation is for."""

    registry: str
    repository: str
    tags: tuple[str, ...]
    digest: str
    installed: str
    findings: int
    last_pulled: datetime | None


class Recommendation(msgspec.Struct, frozen=True, rename="camel"):
    """One upgrade, over all unhealthy images that need it."""

    package: str
    ecosystem: str
    fixed_versions: tuple[str, ...]
    severity: Severity
    findings: int
    remediation: str
    images: tuple[AffectedImage, ...]


@dataclass(frozen=True)
class QueryRecommendations:
    """Groups the upgrades of all unhealthy images; healthy and unsupported ones have none."""

    query: QueryImages

    def __call__(self, at: datetime | None) -> list[Recommendation]:
        """Return the upgrades that fix most, worst severity first."""
        unhealthy = self.query.images_matching(ImageFilter(health=Health.UNHEALTHY), at)
        groups: dict[tuple[str, str], list[tuple[Upgrade, ImageAnswer]]] = {}
        for answer in unhealthy:
            for upgrade in answer.upgrades:
                groups.setdefault((upgrade.ecosystem, upgrade.package), []).append((upgrade, answer))
        made = [_recommendation(group) for group in groups.values()]
        return sorted(made, key=lambda one: (one.severity.rank, -one.findings, one.package, one.ecosystem))


def _recommendation(group: Iterable[tuple[Upgrade, ImageAnswer]]) -> Recommendation:
    needed = list(group)
    worst = min((upgrade for upgrade, _ in needed), key=lambda upgrade: upgrade.worst.rank)
    return Recommendation(
        package=worst.package,
        ecosystem=worst.ecosystem,
        fixed_versions=in_order(worst.purl, {version for upgrade, _ in needed for version in upgrade.fixed_versions}),
        severity=worst.worst,
        findings=sum(upgrade.findings for upgrade, _ in needed),
        remediation=worst.remediation,
        images=tuple(_affected(upgrade, answer) for upgrade, answer in needed),
    )


def _affected(upgrade: Upgrade, answer: ImageAnswer) -> AffectedImage:
    health = answer.health
    return AffectedImage(
        registry=health.registry,
        repository=health.repository,
        tags=health.tags,
        digest=health.digest,
        installed=upgrade.installed,
        findings=upgrade.findings,
        last_pulled=health.last_pulled,
    )
