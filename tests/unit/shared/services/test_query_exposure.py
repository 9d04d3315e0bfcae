"""The clocks of findings: what starts and stops them, in one image and in the figures of all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.advisories.change_log import ChangeLog
from shared.domain import finding_clocks, image_past_fold
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.exposure import FindingExposure, Outcome, exposures
from shared.domain.exposure_figures import DEFAULT_TARGETS
from shared.domain.findings import Finding, FixStatus
from shared.domain.image_health import Health
from shared.domain.image_past import ImagePast
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.projections.findings_index.exposed import exposed
from shared.projections.findings_index.interface import Asked
from shared.projections.findings_index.whole_times import microseconds
from shared.services.delete_old_reports import DeleteOldReports
from shared.services.query_exposure import Exposure, ExposureQuestion
from shared.services.query_images import ImageFilter, ImageNotFound
from shared.services.request_scan import WantedScan
from tests.support.examples import REGISTRY, START, deletion, digest, finding, image_id, package, pull, push, report
from tests.support.histories import histories, images, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp

FLAW = finding("CVE-1")
UNFIXED = finding("CVE-1", fixed_version=None, fix_status=FixStatus.NOT_FIXED)
NEWER = finding("CVE-1", of=package(version="3.0.1-2"))


def advise(app: MemoryApp, *hits: Finding) -> None:
    app.world.advisories = MemoryAdvisories(f"snapshot-{app.world.clock():%d%H%M}", report(hits))


def pushed(app: MemoryApp, number: int, *hits: Finding, tag: str = "v1") -> None:
    """Push an image with such findings a day later."""
    advise(app, *hits)
    app.record_push(push(f"push-{number}-{app.world.clock():%d%H}", number, minutes(app), tag=tag))
    next_day(app)


def rescanned(app: MemoryApp, *hits: Finding) -> None:
    advise(app, *hits)
    assert app.world.advisories is not None
    app.rescan_affected(ChangeLog(app.world.advisories.snapshot_id))
    next_day(app)


def pulled(app: MemoryApp, number: int, ago: float = 0) -> None:
    app.read_pull_log.record_pull(pull(f"pull-{app.world.clock():%d%H}", number, minutes(app) - ago))
    next_day(app)


def minutes(app: MemoryApp) -> float:
    return (app.world.clock() - START) / timedelta(minutes=1)


def next_day(app: MemoryApp) -> None:
    app.work()
    app.world.clock.forward(days=8)
    app.pass_on_rules.expired()
    app.work()


def clocks(app: MemoryApp, number: int = 1, at: datetime | None = None) -> list[FindingExposure]:
    return app.query_exposure.one(image_id(number), at or app.world.clock()).clocks


def day(number: int) -> datetime:
    return START + timedelta(days=8 * number)


def ask(app: MemoryApp, wanted: ImageFilter = ImageFilter()) -> Exposure:  # noqa: B008 - it is frozen
    return app.query_exposure(ExposureQuestion(wanted, None, START, app.world.clock(), DEFAULT_TARGETS))


def test_a_finding_is_known_from_the_first_report_that_has_it() -> None:
    app = MemoryApp()
    pushed(app, 1)
    rescanned(app, finding("CVE-1", published="2026-01-02T00:00:00Z"))
    [clock] = clocks(app)
    assert (clock.first_known, clock.published, clock.precise) == (day(1), "2026-01-02T00:00:00Z", True)
    assert (clock.ended, clock.how) == (None, None)
    assert clocks(app, at=day(1) - timedelta(microseconds=1)) == []


def test_a_fix_is_available_from_the_first_report_that_names_it() -> None:
    app = MemoryApp()
    pushed(app, 1, UNFIXED)
    rescanned(app, FLAW)
    [clock] = clocks(app)
    assert (clock.first_known, clock.fix_available) == (day(0), day(1))
    assert clocks(app, at=day(1) - timedelta(seconds=1))[0].fix_available is None


def test_the_first_pull_while_vulnerable_is_told_even_where_it_comes_late() -> None:
    app = MemoryApp()
    pushed(app, 1)
    pulled(app, 1)
    rescanned(app, FLAW)
    pulled(app, 1, ago=60)
    pulled(app, 1)
    [clock] = clocks(app)
    assert (clock.first_known, clock.first_pulled) == (day(2), day(3) - timedelta(hours=1))
    assert clocks(app, at=day(3) - timedelta(seconds=1))[0].first_pulled is None


def test_a_finding_that_is_reported_no_more_has_ended_and_is_not_remediated() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    rescanned(app)
    [clock] = clocks(app)
    assert (clock.ended, clock.how) == (day(1), Outcome.NO_LONGER_REPORTED)
    total = ask(app).total
    assert (total.open, total.remediated, total.no_longer_reported) == (0, 0, 1)


def test_a_finding_that_comes_back_has_another_clock() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    rescanned(app)
    rescanned(app, FLAW)
    again, before = clocks(app)
    assert (before.first_known, before.ended) == (day(0), day(1))
    assert (again.first_known, again.ended) == (day(2), None)


def test_a_deletion_ends_what_an_image_has_and_a_push_afterwards_starts_anew() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    app.receive_event.record_deletion(deletion("d1", 1, minutes(app)))
    next_day(app)
    [gone] = clocks(app)
    assert (gone.ended, gone.how) == (day(1), Outcome.DELETED)
    assert app.query_exposure.one(image_id(1), app.world.clock()).image.health is None
    pushed(app, 1, FLAW)
    again, before = clocks(app)
    assert (before, again.first_known, again.ended) == (gone, day(2), None)


def test_a_tag_that_moves_to_an_image_without_the_flaw_replaces_it() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    pushed(app, 2)
    [clock] = clocks(app)
    assert (clock.ended, clock.how) == (day(1), Outcome.REPLACED)
    total = ask(app).total
    assert (total.remediated, total.mean_days, total.median_days, total.within_target_share) == (1, 8.0, 8.0, 1.0)


@pytest.mark.parametrize("hit", [FLAW, NEWER])
def test_a_tag_that_moves_to_an_image_with_the_same_flaw_replaces_nothing(hit: Finding) -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    pushed(app, 2, hit)
    assert clocks(app)[0].ended is None
    pushed(app, 3)
    assert [(one.ended, one.how) for one in (*clocks(app), *clocks(app, 2))] == [(day(2), Outcome.REPLACED)] * 2
    assert ask(app).total.remediated == 2


def test_a_tag_that_moves_to_an_image_that_was_not_wholly_assessed_replaces_nothing() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    app.world.advisories = MemoryAdvisories("snapshot-2", report(gaps=("no advisories for Debian 99",)))
    app.record_push(push("push-2", 2, minutes(app)))
    next_day(app)
    assert app.health(2).health is Health.NOT_ASSESSED
    assert [clock.ended for clock in clocks(app)] == [None]
    assert (ask(app).total.remediated, ask(app).total.open) == (0, 1)
    advise(app)
    app.request_scan.on_demand(WantedScan(REGISTRY, "app", digest(2), "asked", "me"))
    next_day(app)
    assert [(clock.how, clock.ended) for clock in clocks(app)] == [(Outcome.REPLACED, day(2))]


def test_a_newer_release_that_has_the_flaw_in_a_package_of_another_name_replaces_nothing() -> None:
    app = MemoryApp()
    pushed(app, 1, finding("CVE-1", of=package("libssl1.1", source="openssl")))
    pushed(app, 2, finding("CVE-1", of=package("libssl3", source="openssl")))
    assert [clock.ended for clock in clocks(app)] == [None]
    assert (ask(app).total.remediated, ask(app).total.open) == (0, 2)


def test_a_tag_may_move_there_and_back_at_one_time_of_the_log() -> None:
    app = MemoryApp()
    advise(app, FLAW)
    for minute, number in enumerate((1, 2, 1, 2, 1, 2)):
        app.record_push(push(f"e{minute}", number, minute))
    app.work()
    row = app.images.get(image_id(1))
    assert row is not None
    assert len(row[0].past.departures) == 1
    assert (ask(app).total.open, clocks(app)[0].ended) == (2, None)


def test_an_image_with_another_tag_is_not_replaced() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    pushed(app, 1, FLAW, tag="stable")
    pushed(app, 2)
    assert clocks(app)[0].ended is None


def test_an_image_that_is_pulled_by_digest_after_it_was_replaced_is_open_again() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    pushed(app, 2)
    pulled(app, 1, ago=9 * 24 * 60)  # told of late, it happened before
    assert clocks(app)[0].how is Outcome.REPLACED
    pulled(app, 1)
    assert clocks(app)[0].how is None
    assert clocks(app, at=day(3) - timedelta(seconds=1))[0].how is Outcome.REPLACED


def test_a_finding_that_was_replaced_before_it_was_known_was_never_open() -> None:
    app = MemoryApp()
    pushed(app, 1)
    pushed(app, 2)
    advise(app, FLAW)
    app.request_scan.on_demand(WantedScan(REGISTRY, "app", digest(1), "asked", "me"))
    next_day(app)
    [clock] = clocks(app)
    assert (clock.first_known, clock.ended, clock.how) == (day(2), day(2), Outcome.REPLACED)
    assert (ask(app).total.remediated, ask(app).total.open) == (0, 0)


def test_a_rule_is_told_beside_and_ends_nothing() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW)
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "accepted", "me"))
    next_day(app)
    [clock] = clocks(app)
    assert (clock.disabled_by, clock.ended) == ("r1", None)
    assert clocks(app, at=day(1) - timedelta(seconds=1))[0].disabled_by is None
    assert (ask(app).total.open, ask(app).total.disabled) == (1, 1)


def test_of_rules_that_come_and_go_the_first_and_the_last_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_clocks, "MOST_SAID", 3)
    app = MemoryApp()
    pushed(app, 1, FLAW)
    for number in range(3):
        expires = app.world.clock() + timedelta(hours=1)
        rule = FindingDisabled(f"r{number}", RuleScope(), Criteria(("CVE-1",)), "for now", "me", expires)
        app.disable_findings.disable(rule)
        next_day(app)
    row = app.images.get(image_id(1))
    assert row is not None
    assert [len(clock.said) for clock in row[0].past.clocks] == [3]
    assert [clocks(app, at=at)[0].disabled_by for at in (day(0), day(3), day(4))] == [None, "r2", None]


def test_what_is_known_since_a_report_that_is_kept_is_not_precise() -> None:
    app = MemoryApp()
    pushed(app, 1)
    rescanned(app, UNFIXED)
    rescanned(app, UNFIXED, finding("CVE-2"))
    rescanned(app, FLAW)
    DeleteOldReports(app.log, app.transactor, app.rules, app.reports, 1, app.world.clock)()
    app.work()
    [clock] = [one for one in clocks(app) if one.flaw == "CVE-1"]
    assert (clock.first_known, clock.precise) == (day(3), False)
    folded = app.projector.fold(image_id(1), app.projector.rules_now())
    assert folded is not None
    assert past(app, image_id(1)) == folded.past


def test_an_image_nobody_has_heard_of_has_no_clocks() -> None:
    app = MemoryApp()
    with pytest.raises(ImageNotFound, match="was known"):
        clocks(app, 7)


def test_figures_are_told_in_parts_and_the_oldest_first() -> None:
    app = MemoryApp()
    pushed(app, 1, FLAW, finding("CVE-2", Severity.LOW, package("zlib")))
    pushed(app, 2, finding("CVE-3", Severity.CRITICAL), tag="v2")
    app.world.clock.forward(days=20)
    told = ask(app)
    assert {name: one.open for name, one in told.severities.items() if one.open} == {"critical": 1, "high": 1, "low": 1}
    assert {name: one.past_target for name, one in told.severities.items() if one.past_target} == {
        "critical": 1,
        "high": 1,
    }
    assert [(one.registry, one.figures.open) for one in told.registries] == [(REGISTRY, 3)]
    assert [(one.repository, one.figures.past_target) for one in told.repositories] == [("app", 2)]
    assert [one.first_known for one in told.oldest] == [day(0), day(0), day(1)]
    assert ask(app, ImageFilter(repository="other")).total.open == 0
    assert ask(app, ImageFilter(registry="fabrikam.azurecr.io")).oldest == []


def test_of_an_image_with_too_many_findings_it_is_told_how_many_lack_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_clocks, "MOST_CLOCKS", 2)
    app = MemoryApp()
    pushed(app, 1, *(finding(f"CVE-{number}") for number in range(5)))
    assert len(clocks(app)) == 2
    assert app.query_exposure.one(image_id(1), app.world.clock()).image.untold == 3
    assert ask(app).untold == 3
    rescanned(app, finding("CVE-9"))
    assert [one.flaw for one in clocks(app) if one.ended is None] == ["CVE-9"]
    assert ask(app).untold == 0


# Over any history


def test_the_health_of_an_image_that_changes_very_often_is_told_of_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_past_fold, "MOST_STANDINGS", 2)
    app = MemoryApp()
    pushed(app, 1, FLAW)
    for hits in ([], [FLAW], []):
        rescanned(app, *hits)
    told = [app.query_exposure.one(image_id(1), day(number)).image.health for number in range(4)]
    assert told == [Health.UNHEALTHY, Health.HEALTHY, Health.UNHEALTHY, Health.HEALTHY]
    with pytest.raises(ImageNotFound):
        clocks(app, at=START - timedelta(seconds=1))


def past(app: MemoryApp, about: ImageId) -> ImagePast | None:
    row = app.images.get(about)
    return row[0].past if row else None


@settings(max_examples=30, deadline=None)
@given(histories, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_what_is_open_is_what_the_findings_as_of_the_time_are(
    deeds: list[tuple[str, int]], places: list[float]
) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
    for at in (START + (app.world.clock() - START) * place for place in places):
        for about in images():
            try:
                then = app.query_images.findings(about, at)
            except ImageNotFound:
                continue
            row = past(app, about)
            assert row is not None
            told = exposures(row, lambda digest: None, at)
            still_open = {(one.id, one.severity, one.disabled_by) for one in told if one.ended is None}
            assert still_open == {(one.finding.id, one.finding.severity, one.disabled_by) for one in then}


@example([("one flaw", 0), ("push", 0), ("clean", 0), ("push", 1), ("push", 4)], 1.0)
@example([("two flaws", 0), ("push", 0), ("push", 3), ("one flaw", 0), ("pull", 0), ("delete", 1)], 1.0)
@settings(max_examples=40, deadline=None)
@given(histories, st.floats(0, 1))
def test_the_index_tells_of_all_images_what_each_tells_of_itself(deeds: list[tuple[str, int]], place: float) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
    at = START + (app.world.clock() - START) * place
    wanted = Asked(None, None, None, microseconds(at))
    found = app.findings_index._ask(lambda connection: list(exposed(connection, wanted)))
    indexed = [
        (one.finding.severity, one.finding.since, one.finding.ended, one.finding.how, one.finding.disabled)
        for one in found
        for _ in one.places
    ]
    told = [
        (
            one.severity,
            microseconds(one.first_known),
            one.ended and microseconds(one.ended),
            one.how,
            bool(one.disabled_by),
        )
        for about in images()
        for one in exposures(past(app, about) or ImagePast(), lambda digest: past(app, ImageId(REGISTRY, digest)), at)
    ]
    assert sorted(indexed, key=repr) == sorted(told, key=repr)
