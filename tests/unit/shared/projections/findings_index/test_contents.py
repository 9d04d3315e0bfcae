"""What is in the index of reports that are lost, and of what nothing names any more."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from shared.domain.finding_criteria import FindingCriteria
from tests.support.examples import deletion, digest
from tests.support.fleets import fleet
from tests.support.memory_app import MemoryApp
from tests.support.watched_index import blobs, counted, path

EVERYTHING = FindingCriteria()


@pytest.mark.parametrize("content", [None, b"no gzip"])
def test_an_image_whose_report_is_lost_stays_in_the_list_and_is_told_of(content: bytes | None) -> None:
    app = MemoryApp()
    fleet(app, 2)
    index, _, watch = counted(app)
    state = app.state(1)
    assert state.last_scan is not None
    name = f"{state.last_scan.event.report}.json.gz"
    kept = blobs(app).blobs.pop(name)
    if content is not None:
        blobs(app).blobs[name] = content
    assert len(list(index.images())) == 2
    assert {one.image.digest for one in index.found(EVERYTHING)} == {digest(2)}
    [lost] = index.unreadable(EVERYTHING)
    assert (lost.image.digest, "cannot be read" in lost.reason) == (digest(1), True)
    assert list(index.unreadable(FindingCriteria(digest=digest(2)))) == []
    blobs(app).blobs[name] = kept
    watch.at += 301
    assert list(index.unreadable(EVERYTHING)) == []
    assert index.count(EVERYTHING) == 3


def test_what_nothing_names_any_more_is_deleted_from_the_file() -> None:
    app = MemoryApp()
    fleet(app, 2)
    index, _, watch = counted(app)
    index.revision()
    for number in (1, 2):
        app.receive_event.record_deletion(deletion(f"d{number}", number, 50))
    app.work()
    watch.at += 301
    index.revision()
    with closing(sqlite3.connect(path(index))) as connection:
        of_findings = ("finding", "finding_flaw", "finding_package", "package", "finding_rule")
        tables = ("report", "report_part", "part", "part_finding", *of_findings)
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    assert counts == [0] * 9
