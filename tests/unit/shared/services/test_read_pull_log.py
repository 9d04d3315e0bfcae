"""The registries' diagnostic logs: append blobs that grow while they are read."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.examples import REGISTRY, at, digest, push
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryBlobs

BLOB = "resourceId=/SUBSCRIPTIONS/1/REGISTRIES/CONTOSO/y=2026/m=11/d=02/h=10/m=00/PT1H.json"
MEBIBYTE = 1 << 20


def record(number: int = 1, **changes: Any) -> bytes:
    properties = {
        "loginServer": REGISTRY,
        "repository": "app",
        "tag": "v1",
        "digest": digest(number),
        "mediaType": DOCKER_MANIFEST,
        "userAgent": "docker/27",
        **changes.pop("properties", {}),
    }
    fields = {
        "time": "2026-11-02T10:00:00.1234567Z",
        "operationName": "Pull",
        "resultDescription": "200",
        "correlationId": f"corr-{number}",
        "identity": "kubelet",
        "properties": properties,
    }
    return msgspec.json.encode({**fields, **changes}) + b"\n"


def logged(content: bytes, name: str = BLOB) -> MemoryApp:
    app = MemoryApp()
    blobs(app)[name] = content
    return app


def blobs(app: MemoryApp) -> dict[str, bytes]:
    logs = app.read_pull_log.logs
    assert isinstance(logs, MemoryBlobs)
    return logs.blobs


def pulled(app: MemoryApp) -> int:
    return len(list(app.log.streams("image")))


def test_every_pull_is_noted_once() -> None:
    app = logged(record(1) + record(2))
    assert (app.read_pull_log(), app.read_pull_log()) == (2, 0)
    assert pulled(app) == 2
    assert app.stream().events[0].meta.actor == "kubelet"


@given(st.lists(st.integers(1, 2000), max_size=6))
def test_lines_that_grow_in_pieces_are_each_read_once_and_whole(cuts: list[int]) -> None:
    content = record(1) + record(2) + record(3)
    app = logged(b"")
    seen = 0
    for end in [*sorted(cuts), len(content)]:
        blobs(app)[BLOB] = content[:end]
        seen += app.read_pull_log()
    assert (seen, pulled(app)) == (3, 3)


def test_a_line_longer_than_a_block_is_left_out_and_the_next_is_read() -> None:
    huge = record(1, properties={"userAgent": "x" * (2 * MEBIBYTE)})
    app = logged(huge + record(2))
    assert app.read_pull_log() == 1
    assert app.stream(2).version > 0


def test_a_huge_half_line_is_not_read_for_ever() -> None:
    app = logged(b"x" * (3 * MEBIBYTE + 5))
    assert app.read_pull_log() == 0
    blobs(app)[BLOB] += b"\n" + record(1)
    assert app.read_pull_log() == 1


def test_more_than_a_block_is_read_in_several() -> None:
    app = logged(b"".join(record(number, properties={"userAgent": "x" * 100_000}) for number in range(1, 31)))
    assert app.read_pull_log() == 30


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b"[]\n",
        b"\xff\xfe\n",
        b"\n   \n",
        b'{"operationName":"Pull","resultDescription":"200","properties":{}}\n',
        b'{"a":' * 5000 + b"\n",
        record(time="0001-01-01T00:00:00+14:00"),
        record(time=None),
        record(operationName="Push"),
        record(resultDescription="401"),
        record(resultDescription="404"),
        record(properties={"digest": "<nil>", "tag": "v1"}),
        record(properties={"digest": "sha256:x"}),
        record(properties={"repository": "../x"}),
        record(properties={"loginServer": "fabrikam.azurecr.io"}),
        record(properties={"userAgent": "plimsoll-scanner/0.1.0"}),
        record(properties={"userAgent": "plimsoll-scanner/9.9 more"}),
    ],
)
def test_a_line_that_is_no_pull_by_others_is_left_out_and_the_next_is_read(line: bytes) -> None:
    app = logged(line + record(2))
    assert app.read_pull_log() == 1
    assert [name.parts[1] for name in app.log.streams("image")] == [digest(2)]


def test_a_tag_may_hold_the_digest() -> None:
    app = logged(record(1, properties={"digest": "<nil>", "tag": digest(7)}))
    assert app.read_pull_log() == 1
    assert app.stream(7).version > 0


@pytest.mark.parametrize(
    "name", ["other/y=2026/m=11/d=02/PT1H.json", "resourceId=/x/PT1H.json", "resourceId=/y=26/m=1/d=2/"]
)
def test_blobs_of_another_layout_are_not_read(name: str) -> None:
    assert logged(record(), name).read_pull_log() == 0


@pytest.mark.parametrize(("day", "seen"), [("02", 1), ("01", 1), ("31", 1), ("30", 0)])
def test_blobs_are_followed_for_two_days(day: str, seen: int) -> None:
    month = "11" if day < "30" else "10"
    assert logged(record(), f"resourceId=/x/y=2026/m={month}/d={day}/h=10/m=00/PT1H.json").read_pull_log() == seen


def test_a_worker_that_dies_before_it_notes_how_far_it_came_reads_again_without_doubling() -> None:
    app = logged(record(1))
    assert app.read_pull_log() == 1
    app.tables["pulloffsets"].rows.clear()
    assert app.read_pull_log() == 1
    assert app.stream().version == 2


def test_pulls_of_two_days_may_share_their_correlation_id() -> None:
    app = logged(record(1) + record(1, time="2026-11-03T10:00:00Z"))
    assert app.read_pull_log() == 2
    assert app.state().last_pulled == at(24 * 60)


def test_a_pull_of_an_image_that_is_known_moves_its_last_pull() -> None:
    app = logged(record(1))
    app.record_push(push())
    app.read_pull_log()
    app.work()
    assert app.health().last_pulled is not None
