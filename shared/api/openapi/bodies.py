"""Bodies that are put together of several types, as types, so that schemas can be made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shared.api.recommendations import ParentRecommendation
from shared.domain.base_advice import ImageBase
from shared.domain.exploits import Exploit
from shared.domain.findings import Finding
from shared.domain.gate import Decision, ImageVerdict, Leniency
from shared.domain.health_history import HealthChange
from shared.domain.image_health import Health, ImageHealth
from shared.domain.recommendations import Recommendation
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.domain.upgrades import Upgrade
from shared.projections.billing import BilledImage
from shared.services.compare_images import LeftOpen

_GATE = {
    "most": "max",
    "fixable_only": "fixableOnly",
    "fail_exploited": "failExploited",
    "epss_from": "epssFrom",
}


class Error(msgspec.Struct):
    """What went wrong: a code for programs and a sentence for people."""

    code: str
    message: str


class ErrorBody(msgspec.Struct):
    """An answer that is an error."""

    error: Error


class OneImage(ImageHealth, frozen=True, rename="camel", kw_only=True):
    """One image, with the upgrades that close its findings, and its base where something is known of it."""

    upgrades: tuple[Upgrade, ...]
    base: ImageBase | None


class ListedRecommendation(Recommendation, frozen=True, rename="camel", kw_only=True):
    """A recommendation, and the one of Azure that it is a part of."""

    parent: ParentRecommendation


class ListedFinding(Finding, frozen=True, rename="camel", kw_only=True):
    """A finding, what is known of its exploitation, and the id of the rule that disables it."""

    exploit: Exploit
    disabled_by: str | None


class StatedHealth(msgspec.Struct, rename="camel"):
    """The health of the image that findings are listed of, and why it is so."""

    health: Health
    reason: str


class FoundIn(msgspec.Struct, rename="camel"):
    """The image that a finding was found in."""

    registry: str
    repository: str
    repositories: tuple[str, ...]
    tags: tuple[str, ...]
    digest: str
    platform: str
    health: Health


class UnreadableImage(FoundIn, rename="camel", kw_only=True):
    """An image whose findings are unknown, and why."""

    reason: str


class UnreadableImages(msgspec.Struct, rename="camel"):
    """The images whose findings are unknown: how many, and the first of them."""

    count: int
    images: tuple[UnreadableImage, ...]


class FoundFinding(ListedFinding, frozen=True, rename="camel", kw_only=True):
    """A finding with the image that it was found in."""

    image: FoundIn


class HistoryItem(msgspec.Struct, rename="camel"):
    """An event, and what it changed of the image's health; ``data`` is the event as it is stored."""

    stream: str
    version: int
    type: str
    time: datetime
    occurred_at: datetime
    actor: str
    cause: str
    correlation_id: str
    data: dict[str, Any]
    health: HealthChange | None


class ComparedImages(msgspec.Struct, rename="camel"):
    """What is fixed, new and unchanged in an image against an older one."""

    fixed_count: int
    new_count: int
    unchanged_count: int
    left_open: LeftOpen
    fixed: list[ListedFinding]
    new: list[ListedFinding]
    unchanged: list[ListedFinding]


class RuleEvent(msgspec.Struct):
    """An event of a rule; ``data`` is the event as it is stored."""

    version: int
    type: str
    time: datetime
    actor: str
    cause: str
    data: dict[str, Any]


class StatedRule(Rule, frozen=True, rename={"state_now": "state"}, kw_only=True):
    """A rule with its state: active, expired or removed."""

    state_now: str


class AcceptedScan(msgspec.Struct, rename="camel"):
    """A scan that was asked for, and the address that tells how far it is."""

    id: str
    registry: str
    digest: str
    is_index: bool
    status: str
    status_url: str


class Statement(msgspec.Struct):
    """The bill of a month."""

    month: str
    total: int
    charges: list[BilledImage]


class Score(msgspec.Struct):
    """The secure score, ``percentage`` being a share of 0 to 1, and the images behind it by health."""

    max: int
    current: float
    percentage: float
    images: dict[Health, int]


class Gate(msgspec.Struct, rename=_GATE):
    """The verdict of a gate, and the policy that it followed."""

    verdict: Decision
    reason: str
    images: list[ImageVerdict]
    registry: str
    digest: str
    most: Severity
    fixable_only: bool
    fail_exploited: bool
    epss_from: float | None
    allow: list[Leniency]


class StoppedGate(Gate, rename=_GATE):
    """The verdict of a gate that nothing passes, which is an error as well."""

    error: Error


class DeadLetterCount(msgspec.Struct):
    """How many dead letters there are, and the newest."""

    count: int
    newest: list[dict[str, str]]


class Status(msgspec.Struct, rename="camel"):
    """How the service is."""

    status: str
    versions: dict[str, str]
    advisories: dict[str, Any]
    signals: dict[str, Any]
    projections: dict[str, Any]
    notices: dict[str, Any]
    plan: dict[str, Any]
    discovery: dict[str, Any]
    queues: dict[str, int]
    dead_letters: DeadLetterCount
