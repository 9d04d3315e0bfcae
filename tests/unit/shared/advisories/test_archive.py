import struct
import zipfile
from pathlib import Path

import pytest

from shared.advisories.archive import DEFAULT_LIMITS, FeedBroken, Limits, read_entries
from tests.unit.shared.advisories.osv_samples import record, write_feed


def _read(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, bytes]]:
    return list(read_entries(path, limits))


def _archive(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_json_document_is_read(tmp_path: Path, method: int) -> None:
    entries = {f"X-{number}.json": b'{"id": "%d"}' % number for number in range(50)}
    path = _archive(tmp_path / "all.zip", {**entries, "README.md": b"no record"}, method)
    assert dict(_read(path)) == entries


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_broken(tmp_path: Path, kept: float) -> None:
    path = write_feed(tmp_path, "npm", [record(f"X-{number}") for number in range(100)])
    content = path.read_bytes()
    path.write_bytes(content[: kept if isinstance(kept, int) else int(len(content) * kept)])
    with pytest.raises(FeedBroken, match="truncated or corrupt"):
        _read(path)


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"X-1.json": bytes(range(256)) * 8})
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(FeedBroken):
        _read(path)


def test_something_else_than_an_archive_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(b"<html>Service unavailable</html>")
    with pytest.raises(FeedBroken, match="truncated or corrupt"):
        _read(path)


def test_a_bomb_of_one_record_is_stopped(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"X-1.json": b" " * (64 << 20)})
    assert path.stat().st_size < 100_000
    with pytest.raises(FeedBroken, match="inflates to more"):
        _read(path)


def test_a_bomb_of_many_records_is_stopped_by_the_ratio(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {f"X-{number}.json": b" " * (4 << 20) for number in range(10)})
    sizes: list[int] = []
    with pytest.raises(FeedBroken, match="inflates to more"):
        sizes.extend(len(content) for _, content in read_entries(path, DEFAULT_LIMITS))
    assert sum(sizes) <= 16 << 20


def test_a_size_that_the_directory_hides_does_not_help_a_bomb(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"X-1.json": b" " * (64 << 20)})
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 64 << 20), struct.pack("<I", 10)))
    with pytest.raises(FeedBroken, match="inflates to more"):
        _read(path)


def test_limits_hold_to_the_last_byte(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"a.json": b"12345", "b.json": b"12345"})
    assert len(_read(path, Limits(record_bytes=5, inflated_bytes=10, records=2))) == 2
    for limits in (Limits(record_bytes=4), Limits(inflated_bytes=9), Limits(records=1)):
        with pytest.raises(FeedBroken):
            _read(path, limits)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path: Path, method: int) -> None:
    path = _archive(tmp_path / "all.zip", {"a.json": b"{}"}, method)
    with pytest.raises(FeedBroken, match="compressed in an unknown way"):
        _read(path)


def test_an_encrypted_record_is_refused(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"a.json": b"{}"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(FeedBroken, match="encrypted"):
        _read(path)


def test_an_archive_whose_start_is_missing_is_broken(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"a.json": b"{}" * 50, "b.json": b"{}" * 50})
    content = path.read_bytes()
    directory = content.index(b"PK\x01\x02")
    path.write_bytes(content[:directory].replace(b"PK\x03\x04", b"....")[40:] + content[directory:])
    with pytest.raises(FeedBroken):
        _read(path)


@pytest.mark.parametrize("place", [0x7FFFFFFF, 0xFFFFFFFE])
def test_a_record_that_lies_outside_of_the_archive_is_broken(tmp_path: Path, place: int) -> None:
    path = _archive(tmp_path / "all.zip", {"a.json": b"{}"})
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 42 : entry + 46] = struct.pack("<I", place)
    path.write_bytes(content)
    with pytest.raises(FeedBroken):
        _read(path)


def test_a_name_that_is_not_the_text_that_it_says_is_broken(tmp_path: Path) -> None:
    path = _archive(tmp_path / "all.zip", {"é.json": b"{}"})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    with pytest.raises(FeedBroken, match="truncated or corrupt"):
        _read(path)
