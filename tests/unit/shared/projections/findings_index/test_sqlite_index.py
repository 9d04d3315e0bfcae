"""The index keeps itself up to date, whatever becomes of its file, and never gives less than what is there."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.domain.finding_criteria import FindingCriteria
from shared.projections.findings_index.file import IndexDamaged, IndexFile
from shared.projections.findings_index.interface import IndexUnusable
from shared.projections.findings_index.refresh import Refresh
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from shared.projections.pointer import roll_back
from tests.support.examples import deletion, digest, image_id, push
from tests.support.fleets import fleet
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryBlobs, MemoryTable
from tests.support.watched_index import counted, path

EVERYTHING = FindingCriteria()


def shown(index: SqliteFindingsIndex) -> tuple[Any, ...]:
    return list(index.images()), list(index.found(EVERYTHING))


# What it follows


def test_an_image_that_was_deleted_is_in_no_answer() -> None:
    app = MemoryApp()
    fleet(app)
    assert app.findings_index.count(EVERYTHING) == 9
    app.receive_event.record_deletion(deletion("d", 2, 50))
    app.work()
    assert app.findings_index.count(EVERYTHING) == 7
    assert digest(2) not in {answer.health.digest for answer in app.findings_index.images()}


def test_a_report_that_images_share_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    fleet(app, 6)
    read: list[str] = []
    whole = MemoryBlobs.read

    def reading(self: MemoryBlobs, name: str) -> bytes | None:
        read.append(name)
        return whole(self, name)

    monkeypatch.setattr(MemoryBlobs, "read", reading)
    app.findings_index.revision()
    assert len(read) == len(set(read)) == 2
    app.record_push(push("again", 7, 7))
    app.work()
    del read[:]
    app.findings_index.revision()
    assert read == []


def test_a_generation_that_was_switched_to_is_followed_and_so_is_the_way_back() -> None:
    app = MemoryApp()
    fleet(app)
    before = shown(app.findings_index)
    build = app.rebuild.begin()
    app.rebuild.replay(build, lambda done: None)
    assert shown(app.findings_index) == before
    table = app.generations.number(build.number).images.table
    assert isinstance(table, MemoryTable)
    table.rows.pop(next(iter(table.rows)))
    app.rebuild.switch(build)
    assert len(list(app.findings_index.images())) == 4
    app.generations.change(roll_back)
    assert shown(app.findings_index) == before


def test_a_row_that_is_gone_is_found_when_all_rows_are_compared() -> None:
    app = MemoryApp()
    fleet(app)
    index, counting, watch = counted(app)
    revision = index.revision()
    table = app.generations.live().images.table
    assert isinstance(table, MemoryTable)
    table.rows.pop(next(iter(table.rows)))
    assert len(list(index.images())) == 5
    watch.at += 301
    assert len(list(index.images())) == 4
    assert counting.compared == [True, False, True]
    assert list(index.changes(revision)) == [image_id(1)]


# How fresh it is


def test_within_its_seconds_a_question_is_answered_from_what_is_there() -> None:
    app = MemoryApp()
    fleet(app, 1)
    index, counting, watch = counted(app, seconds=5)
    index.revision()
    fleet(app, 2)
    watch.at += 4.9
    assert (len(list(index.images())), len(counting.compared)) == (1, 1)
    watch.at += 0.2
    assert (len(list(index.images())), len(counting.compared)) == (2, 2)


def test_questions_that_come_while_a_refresh_waits_to_begin_share_it() -> None:
    app = MemoryApp()
    fleet(app)
    index, counting, watch = counted(app)
    index.revision()
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(60)

    counting.before = wait
    with ThreadPoolExecutor(9) as pool:
        looks = watch.looks
        first = pool.submit(index.revision)
        assert begun.wait(60)
        rest = [pool.submit(index.revision) for _ in range(8)]
        while watch.looks < looks + 2 + 8:
            time.sleep(0.01)
        go_on.set()
        assert len({one.result(60) for one in (first, *rest)}) == 1
    # The one before, the one that had begun, and one for all that came meanwhile.
    assert len(counting.compared) == 3


def test_a_refresh_that_fails_is_an_error_and_no_old_answer() -> None:
    app = MemoryApp()
    fleet(app)
    index, counting, watch = counted(app)
    index.revision()

    def fail() -> None:
        raise ConnectionError("the storage does not answer")

    counting.before = fail
    watch.at += 1
    with pytest.raises(ConnectionError):
        list(index.images())
    counting.before = lambda: None
    watch.at += 1
    assert len(list(index.images())) == 5


def test_who_asked_before_an_attempt_that_failed_gets_its_failure_without_another_attempt() -> None:
    app = MemoryApp()
    fleet(app)
    index, counting, watch = counted(app)
    watch.tick = 0
    counting.before = lambda: (_ for _ in ()).throw(ConnectionError("down"))
    with pytest.raises(ConnectionError):
        index.revision()
    with pytest.raises(IndexUnusable, match="could not be brought up to date: down"):
        index.revision()
    assert len(counting.compared) == 1


# What may become of its file


def spoil(index: SqliteFindingsIndex, how: str) -> None:
    file = path(index)
    whole = file.read_bytes()
    match how:
        case "deleted":
            file.unlink()
        case "empty":
            file.write_bytes(b"")
        case "no database":
            file.write_bytes(b"plimsoll" * 1000)
        case "cut off":
            file.write_bytes(whole[: len(whole) // 3])
        case "pages lost":
            file.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
        case "folder gone":
            for one in file.parent.iterdir():
                one.unlink()
            file.parent.rmdir()
        case statement:
            with closing(sqlite3.connect(file)) as connection:
                connection.executescript(statement)


@pytest.mark.parametrize("new_process", [True, False])
@pytest.mark.parametrize(
    "how",
    [
        "deleted",
        "empty",
        "no database",
        "cut off",
        "pages lost",
        "folder gone",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 999",
        "DROP TABLE image",
        "DROP TABLE finding_rule",
        "ALTER TABLE finding DROP COLUMN fixable",
        "DELETE FROM piece",
        # The piece that is still there is read first: it must not be taken for one of the file made anew.
        "DELETE FROM piece WHERE id = 2; UPDATE piece SET content = replace(content, 'openssl', 'another')",
    ],
)
def test_a_file_that_is_lost_damaged_or_of_another_format_is_made_anew(how: str, new_process: bool) -> None:
    app = MemoryApp()
    fleet(app)
    index = app.findings_index
    index.seconds = 60
    before = shown(index)
    spoil(index, how)
    if new_process:
        index = SqliteFindingsIndex(index.file, index.refresh, index.now, 60)
    assert shown(index) == before
    assert index.count(FindingCriteria(fixable=True, disabled=False)) == 9


def test_a_file_that_several_find_damaged_is_made_anew_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    fleet(app)
    index = app.findings_index
    index.seconds = 60
    before = shown(index)
    reading, discard = IndexFile.reading, IndexFile.discard
    all_read, damaged, discarded = threading.Barrier(3), [1, 2, 3], []

    @contextmanager
    def spoilt(file: IndexFile) -> Iterator[sqlite3.Connection]:
        with reading(file) as connection:
            if damaged:
                damaged.pop()
                all_read.wait(60)
                raise IndexDamaged("pages are lost")
            yield connection

    def noted(file: IndexFile) -> None:
        discarded.append(file)
        discard(file)

    monkeypatch.setattr(IndexFile, "reading", spoilt)
    monkeypatch.setattr(IndexFile, "discard", noted)
    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(lambda _: index.count(EVERYTHING), range(3)))
    assert (counts, len(discarded)) == ([9, 9, 9], 1)
    assert shown(index) == before


def test_a_file_that_is_damaged_in_the_midst_of_a_question_is_made_anew_for_the_rest_of_it() -> None:
    app = MemoryApp()
    fleet(app)
    index = app.findings_index
    index.seconds = 60
    settled = index.settled()
    before = shown(settled)
    spoil(index, "pages lost")
    assert shown(settled) == before


def test_a_first_build_that_was_interrupted_is_never_taken_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    fleet(app, 3)
    index = app.findings_index
    index.seconds = 60
    monkeypatch.setattr("shared.projections.findings_index.refresh._BATCH", 1)
    whole, written = Refresh._write, []

    def interrupted(self: Refresh, contents: Any, taken: Any, number: int) -> None:
        whole(self, contents, taken, number)
        written.append(taken)
        if len(written) == 2:
            raise ConnectionError("killed")

    monkeypatch.setattr(Refresh, "_write", interrupted)
    with pytest.raises(ConnectionError):
        list(index.images())
    other = SqliteFindingsIndex(index.file, index.refresh, index.now, 60)
    assert len(list(other.images())) == 3
    assert len(written) == 4  # the first was kept, the second was not


def test_another_process_that_fills_the_file_anew_is_waited_for() -> None:
    app = MemoryApp()
    fleet(app)
    index = app.findings_index
    index.seconds = 60
    before = shown(index)
    with closing(sqlite3.connect(path(index))) as connection:
        connection.executescript("DELETE FROM image; UPDATE state SET complete = 0, written = NULL")
    assert shown(index) == before


def test_two_that_share_a_file_see_what_the_other_took() -> None:
    app = MemoryApp()
    fleet(app, 2)
    one = app.findings_index
    other = SqliteFindingsIndex(IndexFile(path(one)), one.refresh, one.now, 0)
    for count in (3, 4):
        assert shown(one) == shown(other)
        fleet(app, count)
    assert len(list(other.images())) == 4
    assert shown(one) == shown(other)


def test_a_folder_of_somebody_else_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    fleet(app, 1)
    monkeypatch.setattr("os.getuid", lambda: -1)
    with pytest.raises(IndexUnusable, match="belongs to another user"):
        app.findings_index.revision()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    app = MemoryApp()
    (tmp_path / "file").write_text("")
    app.findings_index.file = IndexFile(tmp_path / "file" / "index.sqlite")
    with pytest.raises(IndexUnusable, match="CACHE_DIR"):
        app.findings_index.revision()


# Reports that cannot be read
