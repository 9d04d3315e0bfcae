"""Golden files: what was once written is read for ever. Files are added for new forms, and none changes or goes.

When a file is added, ``sha256sum events/* rows/* archives/* > SHA256SUMS`` in ``tests/golden`` enters it; a line that
changes or goes by that is the sign of a mistake.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from shared.domain.events import EVENT_TYPES, ImageDeleted, ImagePulled
from shared.eventlog import codec, rows
from shared.eventlog.archive import read_archive
from shared.eventlog.interface import Command, Stream, StreamName
from tests.support.examples import START, at
from tests.support.stored_app import StoredApp

GOLDEN = Path(__file__).resolve().parents[3] / "golden"
SUMS = {name: total for total, name in map(str.split, (GOLDEN / "SHA256SUMS").read_text().splitlines())}
EVENTS = [json.loads(path.read_text()) for path in sorted((GOLDEN / "events").glob("*.json"))]
ARCHIVE = GOLDEN / "archives" / "format-1.jsonl"
NAME = StreamName("image", ("127.0.0.1:5055", "sha256:" + "a" * 64))


def test_every_golden_file_is_in_the_list_of_sums_and_none_has_gone() -> None:
    there = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*") if path.is_file()}
    assert there == {"SHA256SUMS", *SUMS}


@pytest.mark.parametrize("name", SUMS)
def test_a_golden_file_is_as_it_was_when_it_was_added(name: str) -> None:
    assert hashlib.sha256((GOLDEN / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_type_has_a_golden_file_of_every_schema_that_it_was_ever_written_with() -> None:
    written = {(name, schema) for name, newest in codec.CURRENT_SCHEMA.items() for schema in range(1, newest + 1)}
    assert {(golden["type"], golden["schema"]) for golden in EVENTS} == written
    assert set(codec.CURRENT_SCHEMA) == set(EVENT_TYPES)


def test_there_is_a_step_from_every_older_schema_to_the_next_and_no_other() -> None:
    older = {(name, schema) for name, newest in codec.CURRENT_SCHEMA.items() for schema in range(1, newest)}
    assert set(codec.UPCASTERS) == older


def test_the_rows_of_an_append_are_stored_exactly_as_their_golden_file_says() -> None:
    command = Command("push/1?", b'{"what":"x"}', START, "ci", "cause-1", "correlation-1")
    stream = Stream(NAME, 2, (), etag="etag", tip="00" * 32, last_recorded=at(-1))
    built, _ = rows.build(stream, command, [ImagePulled("app", "v1"), ImageDeleted("app")], at(1))
    assert built == json.loads((GOLDEN / "rows" / "append.json").read_text())


def test_an_archive_of_the_first_format_is_imported_and_verifies() -> None:
    streams = list(read_archive(io.BytesIO(ARCHIVE.read_bytes())))
    types = {event.type for stream in streams for event in stream.events}
    assert types == FIRST_TYPES
    app = StoredApp()
    app.import_log(ARCHIVE)
    verified = app.verify_log()
    assert (verified.streams, verified.events) == (len(streams), sum(len(stream.events) for stream in streams))
    assert {problem.what.partition("/")[0] for problem in verified.problems} == {"reports", "inventories"}


# What there was when that archive was made; types that came later are in none of the first format.
FIRST_TYPES = {
    "finding-disabled",
    "finding-enabled",
    "image-deleted",
    "image-pulled",
    "image-tagged",
    "image-untagged",
    "index-resolved",
    "reports-deleted",
    "scan-completed",
    "scan-failed",
    "scan-requested",
}


def test_what_was_written_before_there_was_a_chain_is_read() -> None:
    meta = (
        '{"occurredAt":"2026-11-22T10:00:00Z","recordedAt":"2026-11-22T10:00:01Z",'
        '"actor":"ci","cause":"c","correlationId":"c"}'
    )
    read = codec.decode_event(1, "image-deleted", 1, '{"repository":"app"}', meta)
    assert (read.event, read.meta.previous) == (ImageDeleted("app"), "")
