"""The index over the real storage emulator: rows by their time, other processes, and a file that several share."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.preparation.fleet import FINDINGS, cve, image_number, write_fleet
from shared.bootstrap import App
from shared.domain.finding_criteria import FindingCriteria
from shared.projections.image_rows import ImageRow
from shared.settings import Settings
from tests.support.azurite import Azurite

IMAGES, REPORTS = 120, 7
EVERYTHING = FindingCriteria()

ASK = """
import json, sys
from shared.bootstrap import App
from shared.domain.finding_criteria import FindingCriteria
from shared.settings import Settings
from shared.storage.account import load_sdk
load_sdk()
app = App(Settings(storage_connection=sys.argv[1], cache_dir=sys.argv[2]))
index = app.findings_index
print(json.dumps([len(list(index.images())), index.count(FindingCriteria())]))
"""


@pytest.fixture
def app(azurite: Azurite, tmp_path: Path) -> App:
    """An installation with 120 projected images that have seven reports."""
    storage = azurite.fresh_account()
    write_fleet(storage, IMAGES, REPORTS)
    return App(Settings(storage_connection=storage, cache_dir=str(tmp_path)))


def row(app: App, number: int) -> tuple[ImageRow, str]:
    found = app.generations.live().images.get(image_number(number))
    assert found is not None
    return found


def write(app: App, number: int, **changes: object) -> None:
    """Write an image's row with another answer."""
    from msgspec.structs import replace

    found, etag = row(app, number)
    changed = replace(found, answer=replace(found.answer, **changes))
    app.generations.live().images.put(image_number(number), changed, etag)


def start(app: App) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ASK, app.settings.storage_connection, app.settings.cache_dir]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> list[int]:
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    return list(json.loads(said))


def test_rows_written_since_a_time_are_given_and_no_others(app: App) -> None:
    images = app.generations.live().images
    before = list(images.stamps(None))
    assert len(before) == IMAGES
    since = max(stamp.written for stamp in before) + timedelta(milliseconds=20)
    while not (stamps := list(images.stamps(since))):  # the emulator looks at whole milliseconds
        write(app, 5, listed=False)
    assert [(stamp.image, stamp.etag) for stamp in stamps] == [(image_number(5), row(app, 5)[1])]
    assert stamps[0].written >= since
    assert list(images.written_since(since)) == [(image_number(5), *row(app, 5))]


def test_every_image_is_found_by_its_flaws_and_what_is_written_is_seen_at_once(app: App) -> None:
    index = app.findings_index
    assert index.count(EVERYTHING) == IMAGES * FINDINGS
    having = {number for number in range(IMAGES) if number % REPORTS == 3}
    found = {one.image.digest for one in index.found(FindingCriteria(cve=cve(3, 42)))}
    assert found == {image_number(number).digest for number in having}
    for number in sorted(having)[:3]:
        write(app, number, listed=False)
        assert index.count(FindingCriteria(cve=cve(3, 42))) == len(having) - 1
        write(app, number, listed=True)
        assert index.count(FindingCriteria(cve=cve(3, 42))) == len(having)


def test_many_rows_that_were_written_at_once_are_all_seen(app: App) -> None:
    revision = app.findings_index.revision()
    for number in range(60):
        write(app, number, listed=False)
    assert app.findings_index.count(EVERYTHING) == (IMAGES - 60) * FINDINGS
    assert set(app.findings_index.changes(revision)) == {image_number(number) for number in range(60)}


def test_processes_that_make_the_index_at_the_same_time_all_give_the_whole_answer(app: App) -> None:
    processes = [start(app) for _ in range(3)]
    assert [answer(process) for process in processes] == [[IMAGES, IMAGES * FINDINGS]] * 3
    assert len(list(Path(app.settings.cache_dir).rglob("*.sqlite"))) == 1


def test_a_process_that_was_killed_while_it_made_the_index_leaves_it_to_the_next(app: App) -> None:
    killed = start(app)
    file = None
    while file is None and killed.poll() is None:
        file = next(Path(app.settings.cache_dir).rglob("*.sqlite-wal"), None)
    killed.kill()
    killed.communicate(timeout=60)
    assert answer(start(app)) == [IMAGES, IMAGES * FINDINGS]


def test_an_installation_with_another_storage_account_has_a_file_of_its_own(app: App, azurite: Azurite) -> None:
    app.findings_index.revision()
    other = App(Settings(storage_connection=azurite.fresh_account(), cache_dir=app.settings.cache_dir))
    assert list(other.findings_index.images()) == []
    assert app.findings_index.count(EVERYTHING) == IMAGES * FINDINGS
