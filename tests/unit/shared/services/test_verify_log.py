"""Verification: whatever is changed, removed or added in the stored log or its documents is noticed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.stored_names import REPORTS_CONTAINER, STREAMS_TABLE
from shared.eventlog import codec
from shared.eventlog.streams import image_stream
from shared.services.verify_log import Problem
from tests.support.examples import finding, image_id, push, report
from tests.support.histories import DEEDS, histories, live
from tests.support.memory_app import MemoryAdvisories
from tests.support.stored_app import StoredApp

COLUMNS = ["PartitionKey", "RowKey", "type", "schema", "data", "meta"]


def lived(*deeds: str) -> StoredApp:
    app = StoredApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    for number, deed in enumerate(deeds):
        live(app, deed, number)
    return app


def busy() -> StoredApp:
    return lived("push", "push", "index", "rule", "two flaws", "no rule", "delete")


BUSY = busy()
EVENT_ROWS = sorted(key for key in BUSY.rows if key[1].startswith("e-"))


def put(app: StoredApp, key: tuple[str, str], row: dict[str, Any]) -> None:
    """Replace a row, also under another key."""
    _, etag = app.rows.pop(key)
    app.rows[row["PartitionKey"], row["RowKey"]] = (row, etag)


def problems(app: StoredApp) -> tuple[Problem, ...]:
    return app.verify_log().problems


@settings(max_examples=40)
@given(histories)
def test_every_history_verifies(deeds: list[tuple[str, int]]) -> None:
    app = StoredApp()
    for deed, number in deeds:
        live(app, deed, number)
    verified = app.verify_log()
    assert (verified.problems, verified.unguarded) == ((), 0)
    assert verified.events == sum(key[1].startswith("e-") for key in app.rows)


@settings(max_examples=300)
@given(st.data())
def test_a_byte_that_was_changed_in_any_column_of_any_event_is_noticed(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(EVENT_ROWS))
    column = data.draw(st.sampled_from(COLUMNS))
    row, _ = BUSY.rows[key]
    before = dict(BUSY.rows)
    try:
        put(BUSY, key, {**row, column: changed(data, row[column])})
        assert problems(BUSY)
    finally:
        # Under its changed key the row may have taken the place of another.
        BUSY.rows.clear()
        BUSY.rows.update(before)
    assert problems(BUSY) == ()


def changed(data: st.DataObject, value: str | int) -> str | int:
    if isinstance(value, int):
        return data.draw(st.integers(-(2**31), 2**31).filter(lambda number: number != value))
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(min_codepoint=0, max_codepoint=255).filter(lambda char: char != value[at]))
    return value[:at] + other + value[at + 1 :]


@pytest.mark.parametrize("key", EVENT_ROWS, ids=lambda key: key[0][:5] + key[1])
def test_an_event_that_was_removed_is_noticed(key: tuple[str, str]) -> None:
    app = busy()
    del app.rows[key]
    [problem] = problems(app)
    assert problem.version == int(key[1][2:])
    assert "missing" in problem.what


@pytest.mark.parametrize("column", ["version", "tip", "recorded_at"])
def test_a_head_that_was_changed_is_noticed(column: str) -> None:
    app = lived("push")
    [key] = [key for key in app.rows if key[1] == "head"]
    row, _ = app.rows[key]
    for wrong in ("", 1, 99, "2026-01-01T00:00:00+00:00", "x"):
        put(app, key, {**row, column: wrong})
        assert problems(app)
    del app.rows[key]
    assert [problem.what for problem in problems(app)] == ["the head of the stream is missing"]


def test_a_log_that_was_put_back_to_an_earlier_head_is_noticed() -> None:
    app = lived("push")
    [key] = [key for key in app.rows if key[1] == "head"]
    earlier = app.rows[key]
    live(app, "copy", 0)
    app.rows[key] = earlier
    assert "only" in problems(app)[0].what


def test_a_marker_that_was_removed_or_changed_is_noticed() -> None:
    for change in (None, {"first": 7}, {"version": 1}):
        app = lived("push")
        key = next(key for key in app.rows if key[1].startswith("id-"))
        row, _ = app.rows.pop(key)
        if change:
            app.rows[key] = ({**row, **change}, "etag")
        assert "marker" in problems(app)[0].what


def test_events_of_another_stream_in_the_place_of_the_own_are_noticed() -> None:
    app = lived("push", "push")
    key = next(key for key in EVENT_ROWS if key[1] == "e-0000000003")
    same = [row for other, (row, _) in app.rows.items() if other[1] == key[1]]
    first, second = sorted(same, key=lambda row: str(row["PartitionKey"]))[:2]
    put(app, (first["PartitionKey"], key[1]), {**second, "PartitionKey": first["PartitionKey"]})
    assert problems(app)


def test_only_the_first_break_of_a_stream_is_told_and_other_streams_are_still_verified() -> None:
    app = lived("push", "push")
    for key in [key for key in app.rows if key[1] == "e-0000000002"]:
        put(app, key, {**app.rows[key][0], "type": "image-pulled", "data": '{"repository":"forged"}'})
    assert [problem.version for problem in problems(app)] == [3, 3]
    assert len(app.verify_log(image_stream(image_id(1))).problems) == 1


@pytest.mark.parametrize("container", ["reports", "inventories"])
def test_a_document_that_is_gone_or_was_changed_is_noticed(container: str) -> None:
    for change in (None, b"", b"not gzip", b"\x1f\x8b\x08\x00"):
        app = lived("push")
        blobs = app.containers[container].blobs
        [name] = blobs
        blobs.pop(name)
        if change is not None:
            blobs[name] = change
        [problem] = problems(app)
        assert (problem.version, container in problem.what) == (3, True)


def test_a_report_in_the_place_of_another_is_noticed() -> None:
    app = lived("push", "two flaws")
    blobs = app.containers[REPORTS_CONTAINER].blobs
    one, other = blobs
    blobs[one] = blobs[other]
    assert "other content" in problems(app)[0].what


def test_a_stream_that_the_directory_leaves_out_is_verified_and_told() -> None:
    app = lived("push")
    app.tables[STREAMS_TABLE].rows.clear()
    verified = app.verify_log()
    assert (verified.streams, verified.events) == (1, 3)
    assert [problem.what for problem in verified.problems] == ["the stream directory does not name it"]


def test_events_from_before_the_chain_are_accepted_up_to_the_first_that_holds_a_hash_and_counted() -> None:
    app = lived("push")
    live(app, "copy", 0)
    unchain(app, until=3)
    verified = app.verify_log()
    assert (verified.problems, verified.unguarded) == ((), 2)


def test_no_event_is_without_a_hash_once_there_was_one() -> None:
    app = lived("push")
    live(app, "copy", 0)
    unchain(app, until=2)
    key = next(key for key in app.rows if key[1] == "e-0000000004")
    forged = app.rows[key][0]["meta"].replace('"previous":"', '"was":"')
    put(app, key, {**app.rows[key][0], "meta": forged})
    assert problems(app)[0].version == 4


def test_progress_is_told_after_each_stream() -> None:
    told: list[tuple[int, int]] = []
    app = lived("push", "push", "rule")
    app.verify_log(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_stream_that_was_announced_and_never_written_is_no_problem() -> None:
    app = StoredApp()
    app.stored_log.directory.add(image_stream(image_id()))
    verified = app.verify_log()
    assert (verified.streams, verified.events, verified.problems) == (1, 0, ())


def unchain(app: StoredApp, until: int) -> None:
    """Make the first events of the one stream as if they had been written before there were hashes."""
    keys = sorted(key for key in app.rows if key[1].startswith("e-"))
    tip = ""
    for number, key in enumerate(keys, start=1):
        row = dict(app.rows[key][0])
        held = "" if number <= until else tip
        row["meta"] = row["meta"].partition('"previous":')[0] + f'"previous":"{held}"' + "}"
        put(app, key, row)
        tip = codec.event_hash(row["type"], row["schema"], row["data"], row["meta"])
    head = (keys[0][0], "head")
    put(app, head, {**app.rows[head][0], "tip": tip})


def test_a_stream_that_was_asked_for_and_is_not_there_is_a_problem() -> None:
    [problem] = lived("push").verify_log(image_stream(image_id(7))).problems
    assert problem.what == "there is no such stream"


def test_every_deed_of_the_histories_can_happen_first() -> None:
    for deed in DEEDS:
        live(StoredApp(), deed, 1)


def test_a_push_verifies_through_the_log_over_tables() -> None:
    app = StoredApp()
    app.record_push(push("e1"))
    app.record_push(push("e1"))
    app.work()
    assert [recorded.version for recorded in app.stream().events] == [1, 2, 3]
    assert app.verify_log().problems == ()
