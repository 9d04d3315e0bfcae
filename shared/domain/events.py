"""The events of the log, exactly as they are stored: fields may be added with a default, never renamed or removed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.domain import stored_names
from shared.domain.criteria import Criteria
from shared.domain.cve_sets import read_runs
from shared.domain.failures import FailureReason
from shared.domain.packages import Distribution, Platform
from shared.domain.rules import RuleScope


class Trigger(StrEnum):
    """Why a scan was requested."""

    PUSH = "push"
    IMPORT = "import"
    RESCAN = "rescan"
    ADVISORY = "advisory"
    MANUAL = "manual"


class Outcome(StrEnum):
    """How a completed scan ended; ``artifact`` is a manifest that is no image (a signature, a chart)."""

    ASSESSED = "assessed"
    UNSUPPORTED = "unsupported"
    ARTIFACT = "artifact"


class DomainEvent(msgspec.Struct, frozen=True, rename="camel"):
    """The base of all events."""


class AdvisoryChange(msgspec.Struct, frozen=True, rename="camel"):
    """Why new advisories concern an image: what of it changed since the snapshot that it was last matched with.

    ``packages`` are named ``Debian:12/openssl``; of them and of ``advisories`` the first are listed and all are
    counted. ``ecosystems`` came, went or are ordered in another way. Where nothing is named, what changed since is not
    on record, and the image is matched again to be sure. ``since`` is empty for an image that never was.
    """

    since: str
    snapshot: str
    ecosystems: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    package_count: int = 0
    advisories: tuple[str, ...] = ()
    advisory_count: int = 0


class ScanRequested(DomainEvent, frozen=True, rename="camel", omit_defaults=True):
    """A scan of the image is wanted; ``repository`` is where to pull it from.

    ``changed`` says why, where advisories are the cause.
    """

    scan_id: str
    repository: str
    trigger: Trigger
    changed: AdvisoryChange | None = None


class ScanSummary(msgspec.Struct, frozen=True, rename="camel"):
    """What a scan found, in numbers: findings by severity, undetermined ones, packages, gaps in the coverage."""

    severities: dict[str, int]
    undetermined: int
    packages: int
    gaps: tuple[str, ...]


class StatedBase(msgspec.Struct, frozen=True, rename="camel"):
    """The image that an image says it was built on; either part may be empty.

    Source: OCI Image Specification 1.1, "Annotations": ``org.opencontainers.image.base.name`` and ``.digest``.
    """

    name: str = ""
    digest: str = ""


class ScanCompleted(DomainEvent, frozen=True, rename="camel"):
    """A scan ended with an answer. ``report`` and ``inventory`` are blob names: ``sha256`` of the content.

    ``layers`` are the digests of the image's layers, from the base up; none where that is not on record.

    ``package_set`` names the set of all that was looked up in the advisories; empty where that is not on record.
    ``advisory_snapshot`` is what the image was matched with. It may be older than the one in force without being
    stale: the image is matched again only once advisories for something in its set have changed.
    """

    scan_id: str
    trigger: Trigger
    outcome: Outcome
    charged: bool
    repository: str
    reason: str = ""
    platform: Platform | None = None
    distribution: Distribution | None = None
    report: str = ""
    inventory: str = ""
    advisory_snapshot: str = ""
    advisories_at: datetime | None = None
    reader_version: str = ""
    summary: ScanSummary | None = None
    package_set: str = ""
    layers: tuple[str, ...] = ()
    stated_base: StatedBase | None = None


class ScanFailed(DomainEvent, frozen=True, rename="camel"):
    """A scan ended without an answer."""

    scan_id: str
    reason: FailureReason
    message: str


class ImageTagged(DomainEvent, frozen=True, rename="camel"):
    """The image was pushed to a repository, under a tag or by digest only; ``index`` names it too if it came in one."""

    repository: str
    tag: str | None
    media_type: str
    index: str | None = None


class ImageUntagged(DomainEvent, frozen=True, rename="camel"):
    """A tag moved on to another digest, or went away with it (``moved_to`` is then None)."""

    repository: str
    tag: str
    moved_to: str | None


class ImagePulled(DomainEvent, frozen=True, rename="camel"):
    """Somebody pulled the image; written at most once a day."""

    repository: str
    tag: str | None = None


class ImageDeleted(DomainEvent, frozen=True, rename="camel"):
    """The image was deleted from a repository."""

    repository: str


class ReportsDeleted(DomainEvent, frozen=True, rename="camel"):
    """Reports of old scans of the image are no longer kept, by a rule that keeps them for ``kept_days``."""

    reports: tuple[str, ...]
    kept_days: int


class ResolvedImage(msgspec.Struct, frozen=True, rename="camel"):
    """One image of an index."""

    digest: str
    media_type: str
    platform: Platform | None = None


class IndexResolved(DomainEvent, frozen=True, rename="camel"):
    """The images of an index are known; attestations are left out."""

    scan_id: str
    images: tuple[ResolvedImage, ...]


class FindingDisabled(DomainEvent, frozen=True, rename="camel", omit_defaults=True):
    """A rule that takes findings out of health, score and notices was made, or changed (``revision`` above 1)."""

    rule_id: str
    scope: RuleScope
    criteria: Criteria
    reason: str
    author: str
    expires: datetime | None = None
    revision: int = 1


class FindingEnabled(DomainEvent, frozen=True, rename="camel"):
    """A rule was taken back: its findings count again."""

    rule_id: str
    reason: str
    author: str


class SignalsAdopted(DomainEvent, frozen=True, rename="camel", omit_defaults=True):
    """From now on, rules on what is not exploited go by another catalog of known exploited vulnerabilities.

    ``added`` and ``removed`` are CVEs that came to it and left it; unless it is ``at_hand``, such rules hide nothing.
    """

    at_hand: bool
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class ScoresAdopted(DomainEvent, frozen=True, rename="camel", omit_defaults=True):
    """From now on, rules on EPSS scores below a limit go by another table of scores; ``edition`` is its day.

    ``added`` and ``removed`` are CVEs whose score came below the limit and is so no longer, by year, as runs of
    numbers: ``{"2024": "1-3,7,9-20"}``. Where there is ``more``, this is a part of a long change: what rules go by
    stays until the last one. Unless it is ``at_hand``, such rules then hide nothing.
    """

    below: float
    at_hand: bool
    more: bool = False
    edition: str = ""
    added: dict[str, str] = {}
    removed: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse runs that nobody could read later; raise InvalidRuns."""
        read_runs(self.added)
        read_runs(self.removed)


class RegistrySource(StrEnum):
    """Who says that a registry is to be watched: the settings, or a look into the subscription."""

    SETTINGS = "settings"
    DISCOVERY = "discovery"


class DisabledBecause(StrEnum):
    """Why a registry is watched no longer."""

    EXCLUDED = "excluded"
    REMOVED = "removed"
    NOT_LISTED = "not-listed"


class RegistryEnabled(DomainEvent, frozen=True, rename="camel"):
    """A registry is watched from now on, or what is known of it has changed.

    ``problem`` says what keeps its events from being delivered, empty where nothing does: reconciliation then finds
    pushes in its own time.
    """

    source: RegistrySource
    resource_id: str = ""
    location: str = ""
    problem: str = ""


class RegistryDisabled(DomainEvent, frozen=True, rename="camel"):
    """A source no longer wants a registry watched, and why; ``detail`` is for people."""

    source: RegistrySource
    because: DisabledBecause
    resource_id: str = ""
    location: str = ""
    detail: str = ""


class RegistrySwept(DomainEvent, frozen=True, rename="camel"):
    """A registry was compared with the log from its first repository to the last.

    Counts are of repositories and manifests that were looked at, of images and indexes that the log did not know or
    know so (``found``), of tags that had gone (``untagged``), of manifests that had gone (``closed``), and of
    repositories that could not be compared (``failed``). Only a sweep without failures proves that nothing is missing;
    ``problem`` names the first failure.
    """

    sweep_id: str
    started_at: datetime
    ended_at: datetime
    repositories: int
    manifests: int
    found: int
    untagged: int
    closed: int
    failed: int
    problem: str = ""


class PlanEnabled(DomainEvent, frozen=True, rename="camel"):
    """The plan of the subscription was turned on again."""

    reason: str


class PlanDisabled(DomainEvent, frozen=True, rename="camel"):
    """The plan of the subscription was turned off: nothing is scanned or charged, everything is still recorded."""

    reason: str


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    """About an event: when it happened and was written, by whom, why, and the hash of the event before it.

    ``cause`` is the id of what made it happen (an Event Grid event, a scan, a request); ``correlation_id`` goes
    through all that followed from one cause.
    """

    occurred_at: datetime
    recorded_at: datetime
    actor: str
    cause: str
    correlation_id: str
    previous: str = ""


class RecordedEvent(msgspec.Struct, frozen=True):
    """An event in its stream; versions start at 1 and have no gaps."""

    version: int
    event: DomainEvent
    meta: Meta


EVENT_TYPES: dict[str, type[DomainEvent]] = {
    stored_names.SCAN_REQUESTED: ScanRequested,
    stored_names.SCAN_COMPLETED: ScanCompleted,
    stored_names.SCAN_FAILED: ScanFailed,
    stored_names.IMAGE_TAGGED: ImageTagged,
    stored_names.IMAGE_UNTAGGED: ImageUntagged,
    stored_names.IMAGE_PULLED: ImagePulled,
    stored_names.IMAGE_DELETED: ImageDeleted,
    stored_names.REPORTS_DELETED: ReportsDeleted,
    stored_names.INDEX_RESOLVED: IndexResolved,
    stored_names.FINDING_DISABLED: FindingDisabled,
    stored_names.FINDING_ENABLED: FindingEnabled,
    stored_names.SIGNALS_ADOPTED: SignalsAdopted,
    stored_names.SCORES_ADOPTED: ScoresAdopted,
    stored_names.REGISTRY_ENABLED: RegistryEnabled,
    stored_names.REGISTRY_DISABLED: RegistryDisabled,
    stored_names.REGISTRY_SWEPT: RegistrySwept,
    stored_names.PLAN_ENABLED: PlanEnabled,
    stored_names.PLAN_DISABLED: PlanDisabled,
}

TYPE_NAMES: dict[type[DomainEvent], str] = {cls: name for name, cls in EVENT_TYPES.items()}
