"""The history of an image: every change of its health, why, and who did it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings

from shared.advisories.change_log import ChangeLog
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.findings import FixStatus, Report
from shared.domain.health_causes import CauseKind
from shared.domain.health_history import MOST_FINDINGS, HealthChange, HistoryEntry
from shared.domain.image_health import Health
from shared.domain.packages import Distribution, Platform
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.services.query_images import ImageNotFound
from tests.support.examples import START, deletion, finding, image_id, inventory, package, pull, push, report
from tests.support.histories import histories, images, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def pushed(first: Report | None = None) -> MemoryApp:
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories("snapshot-1", first or report())
    app.record_push(push("e1"))
    app.work()
    app.world.clock.forward(minutes=1)
    return app


def advise(app: MemoryApp, new: Report, snapshot: str = "snapshot-2") -> None:
    app.world.advisories = MemoryAdvisories(snapshot, new)
    app.rescan_affected(ChangeLog(snapshot))
    app.work()
    app.world.clock.forward(minutes=1)


def disable(app: MemoryApp, **changes: object) -> None:
    fields = {"scope": RuleScope(), "criteria": Criteria(("CVE-1",)), "reason": "accepted", "author": "sam"}
    app.disable_findings.disable(FindingDisabled("r1", **{**fields, **changes}))  # type: ignore[arg-type]
    app.work()
    app.world.clock.forward(minutes=1)


def entries(app: MemoryApp) -> list[HistoryEntry]:
    return app.query_history(image_id(), None)


def last(app: MemoryApp) -> HealthChange:
    change = entries(app)[0].health
    assert change is not None
    return change


def kinds(change: HealthChange) -> list[CauseKind]:
    return [cause.kind for cause in change.because]


@settings(max_examples=150)
@given(histories)
def test_the_changes_follow_one_from_the_other_and_lead_to_every_answer_that_was_given(
    deeds: list[tuple[str, int]],
) -> None:
    app = MemoryApp()
    shown = []
    for deed, number in deeds:
        live(app, deed, number)
        shown.append((app.world.clock(), {about: _live(app, about) for about in images()}))
    for about in images():
        changes = _changes(app, about)
        assert all(change.because for change in changes)
        assert [change.was for change in changes[1:]] == [change.to for change in changes[:-1]]
        assert not changes or changes[0].was is None
        for moment, live_then in shown:
            until = [one for one in _entries(app, about) if one.recorded.meta.recorded_at <= moment and one.health]
            told = until[-1].health if until else None
            assert (told.to if told else None) == live_then[about]


@settings(max_examples=60)
@given(histories)
def test_the_past_of_a_history_never_changes(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    before: dict[int, list[HistoryEntry]] = {0: [], 1: []}
    for deed, number in deeds:
        live(app, deed, number)
        for at, about in enumerate(images()):
            told = _entries(app, about)
            assert told[: len(before[at])] == before[at]
            before[at] = told


def test_a_push_and_its_scan_are_told() -> None:
    app = pushed(report([finding("CVE-1")]))
    scanned, requested, tagged = entries(app)
    assert [one.recorded.version for one in (tagged, requested, scanned)] == [1, 2, 3]
    assert tagged.recorded.meta.actor == "ci"
    assert [kinds(one.health) for one in (tagged, requested, scanned) if one.health] == [
        [CauseKind.PUSH],
        [CauseKind.SCAN_REQUESTED],
        [CauseKind.FIRST_ANSWER],
    ]
    assert (last(app).was, last(app).to) == (Health.NOT_ASSESSED, Health.UNHEALTHY)
    assert [change.before for change in last(app).findings] == [None]


def test_an_advisory_that_changed_is_told_with_its_old_and_its_new_record() -> None:
    app = pushed(report([finding("CVE-1", Severity.NEGLIGIBLE, fixed_version=None, fix_status=FixStatus.NOT_FIXED)]))
    advise(app, report([finding("CVE-1", Severity.CRITICAL, cvss=9.8)]))
    change = last(app)
    [found] = change.findings
    assert (change.was, change.to, kinds(change)) == (Health.HEALTHY, Health.UNHEALTHY, [CauseKind.ADVISORIES])
    assert change.because[0].what == "matched with the advisories of snapshot snapshot-2, snapshot-1 before"
    assert found.before is not None
    assert found.after is not None
    assert (found.before.severity, found.before.fixed_version) == (Severity.NEGLIGIBLE, None)
    assert (found.after.severity, found.after.fixed_version, found.after.cvss) == (Severity.CRITICAL, "3.0.2", 9.8)
    assert (found.cve, found.package.name) == ("CVE-1", "openssl")


def test_an_advisory_that_was_withdrawn_is_told_with_what_it_said() -> None:
    app = pushed(report([finding("CVE-1"), finding("CVE-2", Severity.LOW)]))
    advise(app, report([finding("CVE-2", Severity.LOW)]))
    change = last(app)
    [found] = change.findings
    assert (change.was, change.to, found.cve, found.after) == (Health.UNHEALTHY, Health.UNHEALTHY, "CVE-1", None)
    assert found.before is not None
    assert found.before.severity is Severity.HIGH


def test_advisories_that_changed_nothing_of_the_image_changed_no_health() -> None:
    app = pushed(report([finding("CVE-1")]))
    advise(app, report([finding("CVE-1")]))
    assert [one.health for one in entries(app)[:2]] == [None, None]


def test_the_worst_findings_are_listed_and_all_are_counted() -> None:
    hits = [finding(f"CVE-{number}", Severity.LOW) for number in range(50)] + [finding("CVE-99", Severity.CRITICAL)]
    change = last(pushed(report(hits)))
    assert (len(change.findings), change.finding_count) == (MOST_FINDINGS, 51)
    assert change.findings[0].cve == "CVE-99"


def test_a_rule_that_was_made_and_taken_back_is_told_with_its_author() -> None:
    app = pushed(report([finding("CVE-1")]))
    disable(app)
    made = entries(app)[0]
    assert (made.stream, made.recorded.version, made.recorded.meta.actor) == ("rules", 1, "sam")
    assert (last(app).to, kinds(last(app))) == (Health.HEALTHY, [CauseKind.RULE_MADE])
    assert last(app).because[0].what == "sam made rule r1: accepted"
    [found] = last(app).findings
    assert found.after is not None
    assert found.after.disabled_by == "r1"
    app.disable_findings.enable(FindingEnabled("r1", "a fix is out", "kim"))
    app.work()
    assert (last(app).to, kinds(last(app))) == (Health.UNHEALTHY, [CauseKind.RULE_WITHDRAWN])
    assert last(app).because[0].what == "kim took rule r1 back: a fix is out"
    assert entries(app)[0].recorded.meta.actor == "kim"


def test_a_rule_that_expired_is_told_at_its_time() -> None:
    app = pushed(report([finding("CVE-1")]))
    expires = app.world.clock() + timedelta(hours=1)
    disable(app, expires=expires)
    assert kinds(last(app)) == [CauseKind.RULE_MADE]
    app.world.clock.forward(hours=2)
    assert (last(app).was, last(app).to, kinds(last(app))) == (
        Health.HEALTHY,
        Health.UNHEALTHY,
        [CauseKind.RULE_EXPIRED],
    )
    assert entries(app)[0].recorded.meta.recorded_at == expires
    assert entries(app)[0].recorded.meta.actor == "sam"


def test_a_rule_that_was_taken_back_does_not_expire_any_more() -> None:
    app = pushed(report([finding("CVE-1")]))
    disable(app, expires=app.world.clock() + timedelta(hours=1))
    app.disable_findings.enable(FindingEnabled("r1", "", "kim"))
    app.world.clock.forward(hours=2)
    assert kinds(last(app)) == [CauseKind.RULE_WITHDRAWN]


def test_a_rule_that_was_changed_is_told_and_expires_as_it_was_changed_to() -> None:
    app = pushed(report([finding("CVE-1")]))
    start = app.world.clock()
    disable(app, criteria=Criteria(("CVE-9",)), expires=start + timedelta(hours=1))
    change = FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "looked", "kim", start + timedelta(hours=5), 2)
    app.disable_findings.change(change)
    app.work()
    assert (last(app).to, kinds(last(app))) == (Health.HEALTHY, [CauseKind.RULE_CHANGED])
    assert last(app).because[0].what == "kim changed rule r1 (revision 2): looked"
    app.world.clock.forward(hours=6)
    assert [one.recorded.meta.recorded_at for one in entries(app) if one.stream == "rules"] == [
        start + timedelta(hours=5),
        start + timedelta(minutes=1),
    ]


def test_a_rule_that_hits_nothing_of_the_image_is_not_in_its_history() -> None:
    app = pushed(report([finding("CVE-2")]))
    disable(app)
    assert {one.stream for one in entries(app)} == {"image"}


def test_a_push_into_the_scope_of_a_rule_is_told_so() -> None:
    app = pushed(report([finding("CVE-1")]))
    disable(app, scope=RuleScope(repository="copy"))
    app.record_push(push("e2", minute=2, repository="copy"))
    assert (last(app).to, kinds(last(app))) == (Health.HEALTHY, [CauseKind.PUSH, CauseKind.RULE_SCOPE])
    app.receive_event.record_deletion(deletion("d1", minute=3, repository="copy"))
    assert (last(app).to, kinds(last(app))) == (Health.UNHEALTHY, [CauseKind.DELETION, CauseKind.RULE_SCOPE])


def test_the_end_of_life_of_a_release_is_told() -> None:
    app = MemoryApp()
    app.world.clock.at = START - timedelta(days=120)
    app.world.inventory = inventory(package(), distribution=Distribution("debian", "11", "Debian 11"))
    app.record_push(push("e1", minute=-120 * 24 * 60))
    app.work()
    assert last(app).to is Health.HEALTHY
    app.world.clock.at = START
    app.read_pull_log.record_pull(pull())
    app.work()
    app.rescan.weekly()
    app.work()
    change = next(entry.health for entry in entries(app) if entry.health)
    assert (change.was, change.to, kinds(change)) == (Health.HEALTHY, Health.NOT_ASSESSED, [CauseKind.END_OF_LIFE])
    assert "Debian 11 has been past its end of life since 2026-08-31" in change.because[0].what


def test_another_version_of_the_readers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    app = pushed()
    newer = _with_reader(app, "new")
    newer.world.inventory = inventory(package("zlib"))
    newer.world.advisories = MemoryAdvisories("snapshot-1", report([finding("CVE-1")]))
    _rescan(newer)
    assert kinds(last(newer)) == [CauseKind.READER_VERSION, CauseKind.PACKAGES]
    assert "version new of the readers" in last(newer).because[0].what


def test_coverage_that_came_or_went_is_told() -> None:
    app = pushed()
    advise(app, report(gaps=("no advisories for npm",)))
    assert (last(app).to, kinds(last(app))) == (Health.NOT_ASSESSED, [CauseKind.ADVISORIES, CauseKind.COVERAGE])
    assert last(app).because[1].what == "left open: no advisories for npm"
    advise(app, report(), "snapshot-3")
    assert last(app).because[1].what == "no longer left open: no advisories for npm"


def test_a_scan_that_failed_is_told_with_its_reason() -> None:
    app = MemoryApp()
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push("e1"))
    app.work()
    assert (last(app).to, kinds(last(app))) == (Health.NOT_ASSESSED, [CauseKind.SCAN_FAILED])
    assert "unauthorized" in last(app).because[0].what


def test_an_image_that_is_unsupported_is_told_why() -> None:
    app = MemoryApp()
    app.world.registry.platform = Platform("windows", "amd64")
    app.record_push(push("e1"))
    app.work()
    assert (last(app).to, kinds(last(app))) == (Health.UNSUPPORTED, [CauseKind.UNSUPPORTED])
    assert last(app).because[0].what == last(app).reason


def test_a_deleted_image_has_no_health_any_more() -> None:
    app = pushed()
    app.receive_event.record_deletion(deletion("d1", minute=1))
    assert (last(app).was, last(app).to, kinds(last(app))) == (Health.HEALTHY, None, [CauseKind.DELETION])


def test_an_image_that_is_pulled_before_it_was_announced_is_told() -> None:
    app = MemoryApp()
    app.read_pull_log.record_pull(pull())
    pulled = entries(app)[-1].health
    assert pulled is not None
    assert kinds(pulled) == [CauseKind.PULL]


def test_an_image_that_nobody_knows_has_no_history() -> None:
    with pytest.raises(ImageNotFound):
        MemoryApp().query_history(image_id(), None)


def _live(app: MemoryApp, about: object) -> Health | None:
    try:
        return app.query_images.one(about, None).health.health  # type: ignore[arg-type]
    except ImageNotFound:
        return None


def _entries(app: MemoryApp, about: object) -> list[HistoryEntry]:
    try:
        return app.query_history(about, None)[::-1]  # type: ignore[arg-type]
    except ImageNotFound:
        return []


def _changes(app: MemoryApp, about: object) -> list[HealthChange]:
    return [one.health for one in _entries(app, about) if one.health]


def _rescan(app: MemoryApp) -> None:
    app.read_pull_log.record_pull(pull())
    app.work()
    app.world.clock.forward(days=7)
    app.rescan.weekly()
    app.work()


def _with_reader(app: MemoryApp, version: str) -> MemoryApp:
    object.__setattr__(app.run_scan.scan_image, "reader_version", version)
    return app
