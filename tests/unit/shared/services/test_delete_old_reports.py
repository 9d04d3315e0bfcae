"""Retention: reports that nothing needs any more go, on record; nobody ever takes that for an empty report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import exports
from functions import images as triggers
from shared import bootstrap
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ReportsDeleted
from shared.domain.health_causes import CauseKind
from shared.domain.image_health import Health
from shared.domain.rules import RuleScope
from shared.services.delete_old_reports import DeletedReports, DeleteOldReports
from shared.services.kept_reports import ReportNotKept
from shared.storage.documents import DocumentMissing
from tests.support.examples import REGISTRY, digest, finding, image_id, push, report
from tests.support.histories import histories, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.memory_storage import MemoryBlobs
from tests.support.stored_app import StoredApp
from tests.support.triggers import ask
from tests.support.whole_answer import whole_answer

KEEP = 100


def retain(app: MemoryApp, days: int = KEEP) -> DeletedReports:
    return replace(app.delete_old_reports, keep_days=days)()


def advise(app: MemoryApp, *flaws: str) -> None:
    """Let new advisories find these flaws in every image, a month later."""
    from shared.advisories.change_log import ChangeLog

    app.world.clock.forward(days=30)
    snapshot = f"snapshot-{app.world.clock():%Y%m%d}"
    app.world.advisories = MemoryAdvisories(snapshot, report([finding(flaw) for flaw in flaws]))
    app.rescan_affected(ChangeLog(snapshot))
    app.work()


def old() -> StoredApp:
    """Return an app with an image whose report changed every month of a year."""
    app = StoredApp()
    app.world.advisories = MemoryAdvisories("snapshot-0", report([finding("CVE-0")]))
    app.record_push(push("e1"))
    app.work()
    for month in range(1, 13):
        advise(app, f"CVE-{month}")
    return app


def there(app: MemoryApp) -> set[str]:
    return set(app.reports.names())


def test_nothing_is_deleted_unless_a_time_is_set() -> None:
    app = old()
    assert app.delete_old_reports() == DeletedReports(0, 0)
    assert len(there(app)) == 13


def test_old_reports_are_deleted_and_what_was_deleted_is_on_record() -> None:
    app = old()
    before = there(app)
    version = app.stream().version
    # In force since the cutoff: those of the months 8 to 12; and the first one, which the image was charged for.
    assert retain(app) == DeletedReports(images=1, reports=7)
    [event] = [one.event for one in app.log.load(app.stream().name, after=version).events]
    assert isinstance(event, ReportsDeleted)
    assert (set(event.reports), event.kept_days) == (before - there(app), KEEP)
    assert len(there(app)) == 6


def test_what_was_deleted_is_deleted_and_recorded_once() -> None:
    app = old()
    retain(app)
    version = app.stream().version
    assert retain(app) == DeletedReports(0, 0)
    app.world.clock.forward(days=1)
    assert retain(app) == DeletedReports(0, 0)
    assert app.stream().version == version


def test_a_deletion_that_was_interrupted_is_finished_by_the_next_one() -> None:
    app = old()
    blobs = app.containers["reports"].blobs
    before = dict(blobs)
    retain(app)
    blobs.update(before)
    assert retain(app) == DeletedReports(images=0, reports=7)


def test_the_report_of_the_last_scan_is_kept_however_old_it_is() -> None:
    app = old()
    app.world.clock.forward(days=10_000)
    retain(app)
    assert len(there(app)) == 2
    app.reports._recent.clear()
    assert [one.finding.cve for one in app.query_images.findings(image_id(), None)] == ["CVE-12"]


def test_a_report_that_another_image_still_has_is_kept() -> None:
    app = old()
    standing = app.state().last_scan
    assert standing is not None
    app.record_push(push("e2", 2, 10_000_000, tag="v2"))
    app.work()
    app.world.clock.forward(days=400)
    advise(app, "CVE-99")
    app.world.clock.forward(days=400)
    app.record_push(push("e3", 3, 10_000_000, tag="v3"))
    kept = standing.event.report
    retain(app)
    assert kept in there(app)  # the second image was charged for it


def test_a_report_that_stood_when_a_rule_in_force_was_made_is_kept() -> None:
    app = StoredApp()
    app.record_push(push("e1"))
    app.work()
    advise(app, "CVE-1")
    scope = RuleScope(digest=digest(1))
    app.disable_findings.disable(FindingDisabled("r1", scope, Criteria(("CVE-1",)), "accepted", "sam"))
    for month in range(2, 8):
        advise(app, f"CVE-{month}")
    stood = [one.event.report for one in app.stream().events if hasattr(one.event, "report")]
    retain(app, 30)
    assert stood[1] in there(app)
    assert not {stood[2], stood[3]} & there(app)


def test_a_report_that_was_saved_and_is_not_named_yet_is_left() -> None:
    app = old()
    hits = [finding("CVE-3")]  # the report of the third month, again
    app.world.clock.forward(hours=1)
    app.reports._recent.clear()  # as in a worker that has not written it lately
    again = app.reports.save(report(hits))
    retain(app)
    assert again in there(app)


def test_as_of_a_time_since_the_cutoff_every_answer_is_as_it_was() -> None:
    app = old()
    cutoff = app.world.clock() - timedelta(days=KEEP)
    moments = [cutoff + timedelta(days=days) for days in range(KEEP + 1)]
    before = [_told(app, moment) for moment in moments]
    retain(app)
    app.reports._recent.clear()
    assert [_told(app, moment) for moment in moments] == before


def test_as_of_an_older_time_the_answer_says_that_the_report_is_no_longer_kept() -> None:
    app, then = deleted()
    shown = app.query_images.one(image_id(), then).health
    assert (shown.health, shown.reason) == (Health.NOT_ASSESSED, "the report of this scan is no longer kept")
    assert shown.severities["high"] == 1
    with pytest.raises(ReportNotKept, match="no longer kept"):
        app.query_images.findings(image_id(), then)
    assert app.query_recommendations(then) == []


def test_over_http_a_report_that_is_no_longer_kept_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    app, then = deleted()
    monkeypatch.setattr(bootstrap, "_app", app)
    path = f"/x?asOf={then:%Y-%m-%dT%H:%M:%SZ}"
    route = {"registry": REGISTRY, "digest": digest(1)}
    status, body = ask(triggers.list_findings, path, route=route)
    assert (status, body["error"]["code"]) == (410, "ReportNotKept")
    assert [ask(export, path, route=route)[0] for export in (exports.get_sbom, exports.get_sarif)] == [410, 410]
    assert ask(triggers.get_image, path, route=route)[1]["health"] == "not-assessed"
    assert ask(triggers.list_history, path, route=route)[0] == 200


def test_the_history_says_that_a_report_is_no_longer_kept_and_still_tells_the_rest() -> None:
    app, _ = deleted()
    history = app.query_history(image_id(), None)
    kinds = [{cause.kind for cause in one.health.because} for one in history if one.health]
    assert any({CauseKind.REPORT_NOT_KEPT, CauseKind.ADVISORIES} <= some for some in kinds)
    assert any(isinstance(one.recorded.event, ReportsDeleted) for one in history)
    assert history[0].health is None


def test_a_report_that_is_lost_without_a_record_is_an_error() -> None:
    app = old()
    then = app.world.clock() - timedelta(days=200)
    app.containers["reports"].blobs.clear()
    app.reports._recent.clear()
    with pytest.raises(DocumentMissing):
        app.query_images.one(image_id(), then)
    with pytest.raises(DocumentMissing):
        app.query_history(image_id(), None)


def test_a_log_with_deleted_reports_verifies_and_is_exported_and_imported(tmp_path: Path) -> None:
    app, then = deleted()
    assert app.verify_log().problems == ()
    app.export_log(tmp_path / "log.jsonl", tmp_path / "documents")
    again = StoredApp()
    again.world.clock.at = app.world.clock()
    again.import_log(tmp_path / "log.jsonl", tmp_path / "documents")
    again.sweep()
    assert again.verify_log() == app.verify_log()
    assert whole_answer(again) == whole_answer(app)
    assert again.query_images.one(image_id(), then) == app.query_images.one(image_id(), then)


def test_a_report_that_a_later_scan_makes_again_is_kept_and_must_be_there() -> None:
    app, _ = deleted()
    advise(app, "CVE-3")
    name = app.state().last_scan.event.report  # type: ignore[union-attr]
    assert name in there(app)
    container = app.containers["reports"]
    assert isinstance(container, MemoryBlobs)
    container.delete(f"{name}.json.gz")
    assert [problem.version for problem in app.verify_log().problems] != []


@settings(max_examples=60)
@given(histories, st.integers(1, 3))
def test_whatever_happened_retention_changes_no_answer_since_the_cutoff_and_no_bill(
    deeds: list[tuple[str, int]], days: int
) -> None:
    app = StoredApp()
    answers = []
    for deed, number in deeds:
        app.world.clock.forward(hours=11)
        live(app, deed, number)
        answers.append((app.world.clock(), _told(app, app.world.clock())))
    bill = whole_answer(app)["bill"]
    app.world.clock.forward(days=1, minutes=1)
    retain(app, days)
    app.work()
    app.reports._recent.clear()
    cutoff = app.world.clock() - timedelta(days=days)
    for moment, told in answers:
        if moment > cutoff:
            assert _told(app, moment) == told
        elif _known(app, moment):
            assert app.query_history(image_id(), moment)
    assert whole_answer(app)["bill"] == bill
    assert app.verify_log().problems == ()


def deleted() -> tuple[StoredApp, datetime]:
    """Return an app whose old reports are gone, and a time whose report is among them."""
    app = old()
    retain(app)
    app.work()
    app.reports._recent.clear()
    return app, app.world.clock() - timedelta(days=200)


def _told(app: MemoryApp, moment: datetime) -> dict[str, object]:
    answer = whole_answer(app, moment)
    # The history as of a time tells all that led to it, also what is older than the cutoff.
    return {**answer, "one": [one[0] if isinstance(one, tuple) else one for one in answer["one"]]}


def _known(app: MemoryApp, moment: datetime) -> bool:
    return any(one.meta.recorded_at <= moment for one in app.stream().events)


def test_the_service_is_wired_with_the_setting() -> None:
    assert isinstance(StoredApp().delete_old_reports, DeleteOldReports)
    assert StoredApp().delete_old_reports.keep_days == 0
