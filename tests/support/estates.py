"""Estates made by hand: registries with images whose findings are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.findings import Finding
from shared.domain.image_health import Health, ImageHealth, JudgedFinding, LastScan, OsInfo
from shared.domain.registry_resources import RegistryResource
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.services.query_estate import Estate, RegistryImages
from tests.support.examples import REGISTRY, at, digest

SUBSCRIPTION = "12345678-1234-1234-1234-123456789abc"
RESOURCE = RegistryResource(REGISTRY, SUBSCRIPTION, "Shop-Rg", "Contoso")


def health(number: int = 1, verdict: Health = Health.UNHEALTHY, **changes: Any) -> ImageHealth:
    """Return an image of the example registry that was scanned."""
    fields: dict[str, Any] = {
        "registry": REGISTRY,
        "repository": "team/app",
        "repositories": ("team/app",),
        "tags": ("v1",),
        "digest": digest(number),
        "platform": "linux/amd64",
        "os": OsInfo("debian", "12"),
        "health": verdict,
        "reason": "",
        "severities": {str(severity): 0 for severity in Severity},
        "undetermined": 0,
        "disabled_findings": 0,
        "packages": 1,
        "first_seen": at(),
        "last_pushed": at(),
        "last_pulled": None,
        "last_scan": LastScan("push-e1", at(2), "push", "snapshot-1"),
        "failure": None,
        "scanning": False,
        "charged": True,
    }
    return ImageHealth(**{**fields, **changes})


def judged(found: Finding, rule: str | None = None) -> JudgedFinding:
    """Return a finding, and the rule that disables it."""
    return JudgedFinding(found, rule)


def estate(
    images: Mapping[str, Sequence[JudgedFinding]] | None = None,
    healths: Sequence[ImageHealth] = (),
    *,
    rules: tuple[Rule, ...] = (),
    threshold: Severity = Severity.LOW,
    resources: Sequence[RegistryResource] = (RESOURCE,),
) -> Estate:
    """Return an estate of some images; ``images`` gives the findings by digest."""
    known = images or {}
    return Estate(
        subscription_id=SUBSCRIPTION,
        threshold=threshold,
        at=at(10),
        registries=tuple(
            RegistryImages(one, tuple(image for image in healths if image.registry == one.login_server))
            for one in resources
        ),
        rules=rules,
        findings_of=lambda image: known.get(image.digest, ()),
    )
