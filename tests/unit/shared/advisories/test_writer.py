import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.advisories.lookup import Lookup, read_feeds
from shared.advisories.reading import Entry, read_entry
from shared.advisories.schema import FeedRow
from shared.advisories.versions.scheme import Scheme
from shared.advisories.writer import SnapshotWriter
from tests.unit.shared.advisories.osv_samples import Json, fixed_in, record

ROW = FeedRow(1, "npm", "/base", "v1", "aa", content="bb", fetched_at="2026-03-01T12:00:00+00:00", records=1)


def _entries(*names: str) -> Iterator[Entry]:
    for name in names:
        yield _entry(record(name, fixed_in("npm", "a", "2.0.0")))


def _entry(found: Json) -> Entry:
    return read_entry(str(found["id"]), json.dumps(found).encode())


class Broken(Exception):
    pass


def _breaking(*names: str) -> Iterator[Entry]:
    yield from _entries(*names)
    raise Broken


def test_a_feed_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path / "one.sqlite", None) as writer:
        with pytest.raises(Broken), writer.whole_feed():
            writer.add_entries(writer.next_feed(), "npm", Scheme.SEMVER, _breaking("X-1", "X-2"))
        writer.finish()
    found = Lookup(tmp_path / "one.sqlite")
    assert found.ecosystems == {}
    found.close()


def test_a_feed_after_a_failed_one_is_whole(tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path / "one.sqlite", None) as writer:
        with pytest.raises(Broken), writer.whole_feed():
            writer.add_entries(writer.next_feed(), "npm", Scheme.SEMVER, _breaking("X-1"))
        with writer.whole_feed():
            writer.add_entries(writer.next_feed(), "npm", Scheme.SEMVER, _entries("X-2"))
            writer.add_feed(ROW)
        writer.finish()
    found = Lookup(tmp_path / "one.sqlite")
    (holding,) = found.ecosystems["npm"]
    (row,) = found.affected(holding, "a", None)
    assert found.details(row.advisory).id == "X-2"
    found.close()
    assert read_feeds(tmp_path / "one.sqlite") == (ROW,)


def test_the_id_depends_on_the_content_of_the_feeds_only(tmp_path: Path) -> None:
    ids = []
    for place, row in enumerate(
        (ROW, ROW._replace(base="/other", version="v2", archive="cc"), ROW._replace(content="dd"))
    ):
        with SnapshotWriter(tmp_path / f"{place}.sqlite", None) as writer:
            writer.add_feed(row)
            ids.append(writer.finish())
    assert ids[0] == ids[1] != ids[2]


def test_entries_of_other_ecosystems_stay_out_of_a_feed(tmp_path: Path) -> None:
    both = record("X-1", fixed_in("npm", "a", "2.0.0"), fixed_in("PyPI", "a", "2.0"))
    with SnapshotWriter(tmp_path / "one.sqlite", None) as writer:
        writer.add_entries(1, "npm", Scheme.SEMVER, [_entry(both)])
        writer.finish()
    found = Lookup(tmp_path / "one.sqlite")
    assert list(found.ecosystems) == ["npm"]
    found.close()
