"""The images that the browser is shown, made of the product's own types: a renamed field breaks these tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from shared.advisories.signals.interface import SignalFeed
from shared.advisories.states import FeedState
from shared.advisories.versions.order import in_order
from shared.domain.base_advice import ImageBase, image_base
from shared.domain.base_images import BaseImage, BaseKind, NewerBase
from shared.domain.criteria import Criteria
from shared.domain.events import (
    FindingDisabled,
    ImageTagged,
    Meta,
    Outcome,
    RecordedEvent,
    RegistrySource,
    RegistrySwept,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
    ScanSummary,
    Trigger,
)
from shared.domain.exploits import Exploits
from shared.domain.failures import FailureReason
from shared.domain.findings import AffectedPackage, Finding, FixStatus, Rating
from shared.domain.health_causes import Cause, CauseKind
from shared.domain.health_history import HealthChange, HistoryEntry
from shared.domain.image_health import Health, ImageHealth, JudgedFinding, LastScan, OsInfo
from shared.domain.packages import Platform
from shared.domain.recommendations import Need, Recommendation, grouped, made
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.domain.trends import Totals, TrendPoint
from shared.domain.upgrades import Upgrade, upgrade_of, upgrades
from shared.projections.billing import BilledImage
from shared.services.query_registries import RegistryAnswer
from shared.services.query_tags import TaggedImage
from tests.e2e.dashboard.clocks import some_clocks
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.rule_desk import RuleDesk

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
REGISTRY = "contoso.azurecr.io"
RULE_ID = "0b6c5c0e-4a3e-4c1e-9d55-6f0b8a1f0a01"


def digest(name: str) -> str:
    """Return a digest that belongs to a name."""
    return f"sha256:{sha256(name.encode()).hexdigest()}"


def severities(**counts: int) -> dict[str, int]:
    """Count findings by severity; those not named are zero."""
    return {str(severity): counts.get(severity, 0) for severity in Severity}


def image(repository: str, health: Health, reason: str = "", *tags: str, **changes: object) -> ImageHealth:
    """Make an image whose digest belongs to its repository and tags."""
    made = ImageHealth(
        registry=REGISTRY,
        repository=repository,
        repositories=(repository,),
        tags=tags,
        digest=digest(repository + "".join(tags)),
        platform="linux/amd64",
        os=OsInfo("debian", "12"),
        health=health,
        reason=reason,
        severities=severities(),
        undetermined=0,
        disabled_findings=0,
        packages=143,
        first_seen=NOW - timedelta(days=40),
        last_pushed=NOW - timedelta(days=3),
        last_pulled=NOW - timedelta(hours=5),
        last_scan=LastScan("scan-1", NOW - timedelta(hours=2), "push", "2026-11-22.1"),
        failure=None,
        scanning=False,
        charged=True,
    )
    return msgspec.structs.replace(made, **changes)


def finding(cve: str, package: str, severity: Severity, fixed: str | None, **changes: object) -> Finding:
    """Make a finding in a Debian package."""
    made = Finding(
        id=digest(cve + package)[7:43],
        cve=cve,
        advisory=f"DEBIAN-{cve}",
        aliases=(f"GHSA-{cve[4:]}",),
        package=AffectedPackage(
            name=package,
            version="1.2.0-1",
            source=package,
            source_version="1.2.0-1",
            ecosystem="Debian",
            purl=f"pkg:deb/debian/{package}@1.2.0-1",
            path="var/lib/dpkg/status",
            layer=digest("layer"),
        ),
        severity=severity,
        ratings=(
            Rating("debian", severity),
            Rating("cvss", severity, 8.1, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        ),
        cvss=8.1,
        published="2026-05-01T00:00:00Z",
        fixed_version=fixed,
        fix_status=FixStatus.FIXED if fixed else FixStatus.NOT_FIXED,
        remediation=f"Upgrade {package} from 1.2.0-1 to {fixed} or later"
        if fixed
        else f"No fixed version of {package} exists yet",
        references=("https://example.org/other", f"https://security-tracker.debian.org/tracker/{cve}"),
        title=f"A buffer in {package} is read beyond its end",
    )
    return msgspec.structs.replace(made, **changes)


SHOP = image(
    "team/shop",
    Health.UNHEALTHY,
    "3 open findings of severity low or above",
    "1.4.2",
    "1.4",
    "latest",
    severities=severities(critical=1, high=1, low=1),
    disabled_findings=1,
)
API = image(
    "team/api",
    Health.UNHEALTHY,
    "171 open findings of severity low or above",
    "2026.11",
    severities=severities(high=12, medium=48, low=111, negligible=320, unknown=2),
    repositories=("team/api", "mirror/api"),
    scanning=True,
)
BATCH = image(
    "team/batch",
    Health.NOT_ASSESSED,
    "no advisories for Alpine v3.99",
    "edge",
    platform="linux/arm64",
    os=OsInfo("alpine", "3.99"),
)
BROKEN = image(
    "team/broken",
    Health.NOT_ASSESSED,
    "scan failed (layer-corrupt): layer 3 of 5 ends in the middle of a block",
    platform="",
    os=None,
    last_scan=None,
    failure=FailureReason.LAYER_CORRUPT,
    charged=False,
)
LEGACY = image(
    "legacy/reports",
    Health.UNSUPPORTED,
    "Windows images are not supported",
    "ltsc2022",
    platform="windows/amd64",
    os=None,
)
WEB = image("team/web", Health.HEALTHY, "", "5.0.1", "5.0", "5", "stable", "latest", "canary", "blue")
CACHE = image("infra/cache", Health.HEALTHY, "", "7.4")

SHOP_FINDINGS = (
    JudgedFinding(finding("CVE-2026-1001", "openssl", Severity.CRITICAL, "1.2.3-1"), None),
    JudgedFinding(finding("CVE-2026-1002", "openssl", Severity.HIGH, "1.2.2-1"), None),
    JudgedFinding(finding("CVE-2026-2001", "zlib", Severity.LOW, None), None),
    JudgedFinding(finding("CVE-2026-3001", "tar", Severity.LOW, None), RULE_ID),
)


OLD_SHOP = image(
    "team/shop", Health.UNHEALTHY, "2 open findings of severity low or above", severities=severities(high=1, medium=1)
)
OLD_SHOP_FINDINGS = (
    SHOP_FINDINGS[1],
    JudgedFinding(finding("CVE-2025-7001", "curl", Severity.MEDIUM, "1.2.9-1"), None),
)


def upgrades_of(judged: tuple[JudgedFinding, ...]) -> tuple[Upgrade, ...]:
    """Return what to do about the findings that are not disabled."""
    return upgrades([one.finding for one in judged if one.disabled_by is None], in_order)


def history_of(shown: ImageHealth) -> list[HistoryEntry]:
    """Return a short life of an image, newest first."""
    scanned = ScanCompleted(
        scan_id="scan-1",
        trigger=Trigger.PUSH,
        outcome=Outcome.ASSESSED,
        charged=True,
        repository=shown.repository,
        platform=Platform("linux", "amd64"),
        report=digest("report")[7:],
        summary=ScanSummary(shown.severities, 0, shown.packages, ()),
    )
    events = (
        ImageTagged(
            shown.repository, shown.tags[0] if shown.tags else None, "application/vnd.oci.image.manifest.v1+json"
        ),
        ScanRequested("scan-0", shown.repository, Trigger.PUSH),
        ScanFailed("scan-0", FailureReason.REGISTRY_UNREACHABLE, "the registry does not answer"),
        ScanRequested("scan-1", shown.repository, Trigger.MANUAL),
        scanned,
    )
    recorded = [RecordedEvent(number, event, _meta(number)) for number, event in enumerate(events, start=1)]
    because = (Cause(CauseKind.FIRST_ANSWER, "the first scan with an answer ended (push)"),)
    answered = HealthChange(Health.NOT_ASSESSED, shown.health, shown.reason, because, (), 3)
    changes = (None, None, None, None, answered)
    return [HistoryEntry("image", *both) for both in zip(recorded, changes, strict=True)][::-1]


def _meta(number: int) -> Meta:
    at = NOW - timedelta(hours=3) + timedelta(minutes=number)
    return Meta(at, at, "registry", f"event-{number}", "event-1")


def full_product() -> Product:
    """Return a product with one image of every kind."""
    product = Product()
    product.images = [SHOP, API, BATCH, BROKEN, LEGACY, CACHE, WEB]
    product.tags = [_named(SHOP, "latest", 3, None, None), _named(OLD_SHOP, "latest", 20, 3, SHOP.digest)]
    product.findings[SHOP.digest] = SHOP_FINDINGS
    product.findings[OLD_SHOP.digest] = OLD_SHOP_FINDINGS
    product.upgrades[SHOP.digest] = upgrades_of(SHOP_FINDINGS)
    product.history = {one.digest: history_of(one) for one in product.images}
    product.recommendations = _recommendations()
    product.bases[SHOP.digest] = shop_base()
    product.charges = [BilledImage(REGISTRY, SHOP.repository, SHOP.digest, NOW - timedelta(days=2), "event-17")]
    product.desk = rule_desk(product)
    product.feeds = [_feed("Debian", 51_234), _feed("PyPI", 18_020)]
    product.signal_feeds = [
        SignalFeed("kev", "https://kev.example", "2026-11-22T09:35:00Z", entries=1_402, edition="2026.11")
    ]
    product.trend = trend_of(product.images)
    product.registries = [watched(REGISTRY, len(product.images))]
    product.clocks.of_image[SHOP.digest] = some_clocks()
    return product


def watched(login_server: str, images: int = 0, **changes: object) -> RegistryAnswer:
    """Return a registry that is watched and was reconciled this morning."""
    begun = NOW - timedelta(hours=5)
    made = RegistryAnswer(
        login_server=login_server,
        resource_id="",
        location="westeurope",
        state="enabled",
        reason="",
        sources=(RegistrySource.DISCOVERY,),
        since=NOW - timedelta(days=90),
        images=images,
        last_push=NOW - timedelta(hours=3),
        last_reconciliation=RegistrySwept("s-1", begun, begun + timedelta(minutes=2), 6, 41, 1, 0, 2, 0),
        reconciling=False,
        access_failure=None,
    )
    return msgspec.structs.replace(made, **changes)


def _feed(ecosystem: str, records: int) -> FeedState:
    return FeedState(
        ecosystem,
        "https://feeds.example",
        "2026-11-22T09:35:00Z",
        records=records,
        newest_modified="2026-11-22T07:12:00Z",
        fetched_at="2026-11-22T09:35:00Z",
        refreshed="changes",
    )


def trend_of(images: Sequence[ImageHealth], days: int = 31) -> list[TrendPoint]:
    """Return a trend that ends with what images are now, and before had fewer of them, with more findings."""
    return [_point(images, left) for left in reversed(range(days))]


def _point(images: Sequence[ImageHealth], left: int) -> TrendPoint:
    totals = Totals()
    for one in images[: max(1, len(images) - left // 5)]:
        health = Health.UNHEALTHY if one.health is Health.HEALTHY and left > 9 else one.health
        counts = {name: count * (20 + left + left % 7) // 20 for name, count in one.severities.items()}
        totals.add(msgspec.structs.replace(one, health=health, severities=counts))
    return totals.at(NOW - timedelta(days=left))


def _named(shown: ImageHealth, tag: str, days: int, until: int | None, moved_to: str | None) -> TaggedImage:
    """Say that a tag named an image since some days ago, until some days ago."""
    ended = None if until is None else NOW - timedelta(days=until)
    return TaggedImage(
        registry=shown.registry,
        repository=shown.repository,
        tag=tag,
        digest=shown.digest,
        since=NOW - timedelta(days=days),
        until=ended,
        moved_to=moved_to,
        index=None,
        deleted=False,
        health=shown.health,
        last_pulled=shown.last_pulled,
        advice="was `latest` until 2026-11-19, last pulled 2026-11-22, still pullable by digest: "
        "delete it where nobody needs it"
        if ended
        else "",
    )


def rule_desk(product: Product) -> RuleDesk:
    """Return a desk with one rule, which judges the findings of a product."""
    made = FindingDisabled(
        rule_id=RULE_ID,
        scope=RuleScope(REGISTRY, "team/shop"),
        criteria=Criteria(cves=("CVE-2026-3001",), severity_below=Severity.MEDIUM),
        reason="tar is never run in this image",
        author="ada@contoso.example",
    )
    at = NOW - timedelta(days=9)
    return RuleDesk(
        NOW,
        images=product.images,
        findings=product.findings,
        events=[RecordedEvent(1, made, Meta(at, at, made.author, "event-1", "event-1"))],
    )


def _recommendations() -> list[Recommendation]:
    needs = [Need(SHOP, upgrades_of(SHOP_FINDINGS), shop_base(), sum(SHOP.severities.values()))]
    unfixed = {upgrade_of(SHOP_FINDINGS[2].finding): Exploits(1, 0.64)}
    return [made(group, in_order, kev_known=True) for group in grouped(needs, unfixed)]


def shop_base() -> ImageBase:
    """Give the base of the shop: three layers, of which a newer one closes half of the findings."""
    newer = NewerBase(REGISTRY, "base/debian", "12", "sha256:" + "d" * 64, Health.HEALTHY)
    base = BaseImage(
        kind=BaseKind.IMAGE,
        layers=3,
        registry=REGISTRY,
        repository="base/debian",
        digest="sha256:" + "c" * 64,
        newer=newer,
    )
    return image_base(base, {"critical": 1, "high": 1}, sum(SHOP.severities.values()), {"critical": 1})
