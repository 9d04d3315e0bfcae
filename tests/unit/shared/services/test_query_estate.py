"""The estate: every registry that is watched or that images are known of."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.registry_resources import RegistryResource
from shared.domain.rules import RuleScope
from shared.domain.stored_names import REPORTS_CONTAINER
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from shared.services.query_estate import Estate, FindingsUnreadable
from shared.settings import Settings
from shared.storage.documents import DocumentMissing
from tests.support.estates import estate
from tests.support.examples import REGISTRY, at, deletion, digest, finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp

CONTOSO = RegistryResource(REGISTRY, "1", "g", "contoso")


def scanned(registries: tuple[str, ...] = (REGISTRY,)) -> MemoryApp:
    """Return an app that has scanned two images, each with one finding."""
    app = MemoryApp(settings=Settings(registries=registries, registry_resources={REGISTRY: CONTOSO}, index_seconds=0))
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    for number in (2, 1):
        app.record_push(push(f"e{number}", number))
    app.work()
    return app


def test_a_registry_has_its_images_in_the_order_of_their_digests() -> None:
    found = scanned(("b.example", REGISTRY)).query_estate()
    assert [one.resource for one in found.registries] == [
        RegistryResource("b.example", "00000000-0000-0000-0000-000000000000", "unknown", "b-example"),
        CONTOSO,
    ]
    assert found.registries[0].images == ()
    assert [image.digest for image in found.registries[1].images] == [digest(1), digest(2)]


def test_a_registry_that_is_no_longer_watched_is_still_answered_for() -> None:
    found = scanned(()).query_estate()
    assert [(one.resource, len(one.images)) for one in found.registries] == [(CONTOSO, 2)]


def test_findings_are_judged_by_the_rules_in_force() -> None:
    app = scanned()
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(digest=digest(1)), Criteria(("CVE-1",)), "why", "me"))
    app.work()
    found = app.query_estate()
    [registry] = found.registries
    assert [rule.id for rule in found.rules] == ["r1"]
    assert [found.findings_of(image)[0].disabled_by for image in registry.images] == ["r1", None]


def test_images_without_findings_are_not_looked_up_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    app = scanned()
    app.world.advisories = MemoryAdvisories(report=report([]))
    app.record_push(push("e3", 3))
    app.work()
    asked: list[str | None] = []
    findings = SqliteFindingsIndex.findings

    def noted(index: SqliteFindingsIndex, criteria: FindingCriteria) -> Iterator[tuple[ImageHealth, JudgedFinding]]:
        asked.append(criteria.digest)
        return findings(index, criteria)

    monkeypatch.setattr(SqliteFindingsIndex, "findings", noted)
    found = app.query_estate()
    assert [len(found.findings_of(image)) for image in found.registries[0].images] == [1, 1, 0]
    assert asked == [digest(1), digest(2)]


def test_images_are_read_again_only_when_something_has_changed() -> None:
    app = scanned()
    first, again = app.query_estate(), app.query_estate()
    assert again.registries is first.registries
    app.record_push(push("e3", 3))
    app.work()
    assert [image.digest for image in app.query_estate().registries[0].images] == [digest(1), digest(2), digest(3)]


def test_the_estate_is_answered_for_as_it_was() -> None:
    app = scanned()
    app.world.clock.forward(minutes=5)
    app.receive_event.record_deletion(deletion(minute=5))
    app.work()
    now, then = app.query_estate(), app.query_estate(at(1))
    assert (now.at, then.at) == (at(5), at(1))
    assert [image.digest for image in now.registries[0].images] == [digest(2)]
    assert [image.health for image in then.registries[0].images] == [Health.UNHEALTHY] * 2
    assert len(then.findings_of(then.registries[0].images[0])) == 1


def test_an_image_that_is_gone_meanwhile_has_no_findings() -> None:
    app = scanned()
    found = app.query_estate()
    app.receive_event.record_deletion(deletion())
    app.work()
    app.query_estate()  # another question, which brings the index up to date
    assert found.findings_of(found.registries[0].images[0]) == ()


def test_a_report_that_is_lost_is_an_error_and_no_empty_list() -> None:
    app = scanned()
    app.containers[REPORTS_CONTAINER].blobs.clear()
    app.reports._recent.clear()
    found = app.query_estate()
    with pytest.raises(FindingsUnreadable, match=digest(1)):
        found.findings_of(found.registries[0].images[0])
    with pytest.raises(DocumentMissing):
        app.query_estate(at(1))


def test_subscriptions_are_those_of_the_installation_and_of_the_registries() -> None:
    others = [CONTOSO._replace(login_server=f"{one}.example", subscription_id=one) for one in ("B", "a", "b")]
    found: Estate = replace(estate(resources=others), subscription_id="A")
    assert found.subscriptions == ("A", "B")
    assert [one.resource.subscription_id for one in found.of_subscription("b")] == ["B", "b"]
