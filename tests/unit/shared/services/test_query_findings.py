"""Findings over all images: now from the index, then from the log; both must say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings

from shared.advisories.change_log import ChangeLog
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.severity import Severity
from tests.support.examples import digest, finding, package, push, report
from tests.support.histories import histories, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp

CRITERIA = (
    FindingCriteria(),
    FindingCriteria(cve="CVE-1", disabled=False),
    FindingCriteria(package="openssl", repository="app"),
    FindingCriteria(severity=Severity.HIGH),
)


def asked(app: MemoryApp, moment: datetime | None) -> list[Any]:
    return [app.query_findings(criteria, moment) for criteria in CRITERIA]


# A rule that expires; a copy that is deleted from one of its repositories.
@example([("one flaw", 0), ("push", 0), ("rule", 3), ("pull", 1), ("pull", 0)])
@example([("two flaws", 0), ("push", 0), ("copy", 0), ("rule", 4), ("delete", 0)])
@settings(max_examples=25)
@given(histories)
def test_the_past_is_answered_as_it_was_answered_then(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    answers = []
    for deed, number in deeds:
        live(app, deed, number)
        answers.append((app.world.clock(), asked(app, None)))
    for moment, answer in answers:
        assert asked(app, moment) == answer


def test_findings_are_found_by_their_source_package_and_its_version() -> None:
    app = MemoryApp()
    built = package("libssl3", "3.0.1-1+b2", source="OpenSSL", source_version="3.0.1-1")
    app.world.advisories = MemoryAdvisories(report=report([finding(of=built)]))
    app.record_push(push("e1"))
    app.work()

    def count(package: str | None = None, version: str | None = None) -> int:
        return len(app.query_findings(FindingCriteria(package=package, version=version), None).found)

    assert count(package="openssl") == count(package="LIBSSL3") == 1
    assert count(package="openssl", version="3.0.1-1") == count(package="libssl3", version="3.0.1-1+b2") == 1
    assert count(package="openssl", version="3.0.1-1+b2") == count(package="libssl3", version="3.0.1-1") == 0
    assert count(version="3.0.1-1") == count(version="3.0.1-1+b2") == 1


def test_as_of_a_time_whose_report_is_no_longer_kept_the_image_is_told_of() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    moments = []
    for month in range(3):
        app.world.clock.forward(days=30)
        snapshot = f"snapshot-{month + 2}"
        app.world.advisories = MemoryAdvisories(snapshot, report([finding(f"CVE-{month}")]))
        app.rescan_affected(ChangeLog(snapshot))
        app.work()
        moments.append(app.world.clock())
    app.world.clock.forward(days=30)
    assert [len(app.query_findings(FindingCriteria(), moment).found) for moment in moments] == [1, 1, 1]
    replace(app.delete_old_reports, keep_days=40)()
    app.reports._recent.clear()
    old, _, new = (app.query_findings(FindingCriteria(), moment) for moment in moments)
    assert (old.found, [one.image.digest for one in old.unreadable]) == ([], [digest(1)])
    assert (len(new.found), new.unreadable) == (1, [])
    elsewhere = app.query_findings(FindingCriteria(registry="fabrikam.azurecr.io"), moments[0])
    assert (elsewhere.found, elsewhere.unreadable) == ([], [])


@pytest.mark.parametrize("moment", [None, datetime.fromisoformat("2026-11-03T00:00:00Z")])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_pages_are_the_list(moment: datetime | None, most: int) -> None:
    app = MemoryApp()
    for number in (1, 2, 3):
        hits = [finding("CVE-1"), finding("CVE-2", Severity.LOW), finding("CVE-3", of=package("zlib"))]
        app.world.advisories = MemoryAdvisories(report=report(hits[:number]))
        app.record_push(push(f"e{number}", number, number))
        app.work()
    whole = app.query_findings(FindingCriteria(), moment).found
    found: list[Any] = []
    while page := app.query_findings(
        FindingCriteria(), moment, after=found[-1].position if found else None, most=most
    ).found:
        assert len(page) <= most
        found += page
    assert found == whole
    assert len(whole) == 6
