"""Export and import: the same log, and so the same answers; nothing of a file that is not whole and true."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings

from shared.domain.events import ImageDeleted
from shared.domain.stored_names import TAGS_TABLE
from shared.eventlog.archive import ArchiveRefused
from shared.eventlog.streams import image_stream
from shared.services.export_log import ExportRefused
from shared.services.import_log import ImportRefused
from tests.support.examples import START, digest, finding, image_id, push, report
from tests.support.histories import histories, images, live
from tests.support.memory_app import MemoryAdvisories
from tests.support.stored_app import StoredApp
from tests.support.whole_answer import whole_answer


def lived(*deeds: str) -> StoredApp:
    app = StoredApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    for number, deed in enumerate(deeds):
        live(app, deed, number)
    return app


def busy() -> StoredApp:
    return lived("push", "push", "index", "rule", "two flaws", "no rule", "delete", "pull")


def archive(app: StoredApp, folder: Path) -> Path:
    app.export_log(folder / "log.jsonl", folder / "documents")
    return folder / "log.jsonl"


def imported(source: Path, like: StoredApp) -> StoredApp:
    app = StoredApp()
    app.world.clock.at = like.world.clock()
    app.import_log(source, source.parent / "documents")
    app.sweep()
    return app


def _of_the_log(app: StoredApp) -> dict[str, Any]:
    """Give what follows from the log: the signals that order recommendations are fetched anew elsewhere."""
    answer = whole_answer(app)
    listed = [msgspec.structs.replace(one, exploited=None, epss=None) for one in answer["recommendations"]]
    return {**answer, "recommendations": sorted(listed, key=lambda one: one.id)}


@example([("scored flaws", 2), ("push", 0), ("signals", 0), ("unlikely rule", 0), ("signals", 1), ("signals", 3)])
@settings(max_examples=30)
@given(histories)
def test_an_imported_log_gives_the_same_answers_and_verifies(deeds: list[tuple[str, int]]) -> None:
    app = StoredApp()
    for deed, number in deeds:
        live(app, deed, number)
    with TemporaryDirectory() as folder:
        again = imported(archive(app, Path(folder)), app)
    assert _of_the_log(again) == _of_the_log(app)
    assert again.verify_log() == app.verify_log()
    assert {key: row for key, (row, _) in again.rows.items()} == {key: row for key, (row, _) in app.rows.items()}


@settings(max_examples=30)
@given(histories)
def test_an_imported_log_goes_on_as_the_first_would_have(deeds: list[tuple[str, int]]) -> None:
    app = StoredApp()
    for deed, number in deeds:
        live(app, deed, number)
    with TemporaryDirectory() as folder:
        again = imported(archive(app, Path(folder)), app)
    for one in (app, again):
        one.world.clock.at = app.world.clock.at
        one.record_push(push("later", 2, 10_000, tag="v1"))
        one.work()
    assert [again.health(number).tags for number in (1, 2) if again.images.get(image_id(number))] == [
        app.health(number).tags for number in (1, 2) if app.images.get(image_id(number))
    ]


def test_a_command_that_was_carried_out_before_is_known_after_an_import(tmp_path: Path) -> None:
    app = lived("push")
    again = imported(archive(app, tmp_path), app)
    live_again = push("push-021001", 1, 1, tag="v0")
    again.record_push(live_again)
    assert again.stream().version == app.stream().version == 3


def test_each_line_is_an_event_with_all_that_is_stored_of_it(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in archive(lived("push"), tmp_path).read_text().splitlines()]
    assert [line["line"] for line in lines] == ["plimsoll-event-log", "event", "event", "event", "end"]
    assert set(lines[1]) == {"line", "stream", "version", "type", "schema", "data", "meta", "hash", "appended"}
    assert [line["appended"] is not None for line in lines[1:4]] == [False, True, True]
    assert json.loads(lines[2]["meta"])["previous"] == lines[1]["hash"]
    assert (lines[4]["streams"], lines[4]["events"]) == (1, 3)


def test_the_export_counts_what_it_wrote_and_tells_its_progress(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = lived("push", "push").export_log(tmp_path / "log", tmp_path, lambda done, all_: told.append((done, all_)))
    assert (made.streams, made.events, made.documents) == (2, 6, 2)
    assert told == [(1, 2), (2, 2)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inventories", "log", "reports"]


def test_the_same_log_gives_the_same_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    busy().export_log(one)
    busy().export_log(other)
    assert one.read_bytes() == other.read_bytes()


def test_a_log_that_was_tampered_with_is_not_exported(tmp_path: Path) -> None:
    app = lived("push")
    key = next(key for key in app.rows if key[1] == "e-0000000002")
    row, etag = app.rows[key]
    app.rows[key] = ({**row, "type": "image-pulled", "data": '{"repository":"x"}'}, etag)
    with pytest.raises(ExportRefused, match="event 3"):
        app.export_log(tmp_path / "log.jsonl")
    assert not (tmp_path / "log.jsonl").exists()


def test_a_log_whose_report_is_gone_is_not_exported_with_its_documents(tmp_path: Path) -> None:
    app = lived("push")
    app.containers["reports"].blobs.clear()
    with pytest.raises(ExportRefused, match="not in storage"):
        app.export_log(tmp_path / "log.jsonl", tmp_path)
    assert app.export_log(tmp_path / "log.jsonl").events == 3


@pytest.mark.parametrize("end", range(1, 60))
def test_a_file_that_was_cut_off_is_refused_and_nothing_is_written(tmp_path: Path, end: int) -> None:
    source = archive(lived("push", "rule"), tmp_path)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) * end // 60])
    refused(source, ArchiveRefused)


def _swap(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


TAMPERED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "no header": lambda lines: lines[1:],
    "no end": lambda lines: lines[:-1],
    "an event less": lambda lines: [lines[0], *lines[2:]],
    "the last event less": lambda lines: [*lines[:-2], lines[-1]],
    "no event at all": lambda lines: [lines[0], lines[-1]],
    "another end": lambda lines: [*lines[:-1], lines[-1].replace(b'"events":3', b'"events":4')],
    "another order": _swap,
    "an event twice": lambda lines: [lines[0], lines[1], *lines[1:]],
    "something after the end": lambda lines: [*lines, b"x"],
    "another type": lambda lines: [line.replace(b"image-tagged", b"image-pulled") for line in lines],
    "another actor": lambda lines: [line.replace(b'\\"actor\\":\\"ci\\"', b'\\"actor\\":\\"me\\"') for line in lines],
    "another hash": lambda lines: [lines[0], lines[1].replace(b'"hash":"', b'"hash":"0'), *lines[2:]],
    "another stream": lambda lines: [line.replace(b"image|contoso", b"secrets|contoso") for line in lines],
    "another format": lambda lines: [lines[0].replace(b"1", b"2"), *lines[1:]],
    "no JSON": lambda lines: [lines[0], b"x\n", *lines[1:]],
    "no text": lambda lines: [lines[0], b"\xff\n", *lines[1:]],
    "a long line": lambda lines: [lines[0], b" " * (1 << 21) + b"\n", *lines[1:]],
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_file_that_was_changed_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    source = archive(lived("push"), tmp_path)
    source.write_bytes(b"".join(TAMPERED[name](source.read_bytes().splitlines(keepends=True))))
    refused(source, ArchiveRefused)


def refused(source: Path, error: type[Exception]) -> None:
    app = StoredApp()
    with pytest.raises(error):
        app.import_log(source)
    assert app.rows == {}
    assert app.stored_log.names() == []


def test_a_log_that_is_not_empty_takes_no_import_and_stays_as_it_was(tmp_path: Path) -> None:
    source = archive(lived("push"), tmp_path)
    for there in (lived("rule"), lived("copy", "copy")):
        before = dict(there.rows)
        with pytest.raises(ImportRefused, match="not empty"):
            there.import_log(source)
        assert there.rows == before


def test_an_import_that_was_interrupted_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    app = busy()
    source = archive(app, tmp_path)
    for stop in range(1, len(app.stored_log.names())):
        again = StoredApp()
        again.world.clock.at = app.world.clock()
        with pytest.raises(KeyboardInterrupt):
            again.import_log(source, tmp_path / "documents", _stop_after(stop))
        made = again.import_log(source, tmp_path / "documents")
        assert 0 < made.written < made.events
        again.sweep()
        assert whole_answer(again) == whole_answer(app)
        assert again.verify_log() == app.verify_log()


def test_a_file_that_was_imported_is_imported_again_without_a_change(tmp_path: Path) -> None:
    app = busy()
    source = archive(app, tmp_path)
    before = dict(app.rows)
    assert app.import_log(source, tmp_path / "documents").written == 0
    assert app.rows == before


def test_a_long_stream_is_imported_in_several_transactions(tmp_path: Path) -> None:
    app = lived("push")
    for number in range(150):
        app.record_push(push(f"e{number}", 1, 10 + number, tag=f"t{number}"))
    again = imported(archive(app, tmp_path), app)
    assert again.stream().version == 153
    assert again.verify_log() == app.verify_log()


def test_ninety_eight_events_of_one_append_are_imported(tmp_path: Path) -> None:
    from shared.services.commands import command

    app = lived("push")
    name = image_stream(image_id(7))
    told = command("many", "x", at=START, actor="me", cause="many")
    app.log.append(app.log.load(name), told, [ImageDeleted("a")] * 98)
    source = archive(app, tmp_path)
    assert imported(source, app).stored_log.read(name) == app.stored_log.read(name)


def test_a_document_that_the_folder_lacks_or_that_was_changed_is_refused(tmp_path: Path) -> None:
    source = archive(lived("push"), tmp_path)
    [path] = (tmp_path / "documents" / "reports").iterdir()
    for change in (lambda: path.write_bytes(b"x"), path.unlink):
        change()
        app = StoredApp()
        with pytest.raises(ImportRefused, match=path.name.removesuffix(".json.gz")):
            app.import_log(source, tmp_path / "documents")
        assert app.rows == {}


def test_a_log_that_somebody_writes_to_meanwhile_is_left_to_him(tmp_path: Path) -> None:
    source = archive(lived("push", "push"), tmp_path)
    app = StoredApp()

    def somebody(done: int, total: int) -> None:
        app.record_push(push("other", 2, 5, tag="x"))

    with pytest.raises(ImportRefused, match="somebody is writing"):
        app.import_log(source, None, somebody)


def test_an_append_in_the_middle_of_a_transaction_is_not_overwritten(tmp_path: Path) -> None:
    source = archive(lived("push"), tmp_path)
    app = StoredApp()
    app._table("events").before_write.append(lambda: app.record_push(push("other", 1, 5, tag="x")))
    with pytest.raises(ImportRefused, match="somebody is writing"):
        app.import_log(source)
    assert app.state().repositories["app"].current_tags == ("x",)


def test_the_owners_of_tags_are_restored(tmp_path: Path) -> None:
    app = lived("push", "index")
    again = imported(archive(app, tmp_path), app)
    rows = {key: row for key, (row, _) in app.tables[TAGS_TABLE].rows.items()}
    assert {key: row for key, (row, _) in again.tables[TAGS_TABLE].rows.items()} == rows
    assert {digest(9), digest(1)} == {json.loads(row["owner"])["digest"] for row in rows.values()}


def test_images_are_those_of_the_histories() -> None:
    assert images() == [image_id(1), image_id(2)]


def _stop_after(streams: int) -> Callable[[int, int], None]:
    def stop(done: int, total: int) -> None:
        if done == streams:
            raise KeyboardInterrupt

    return stop
