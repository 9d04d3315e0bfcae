import contextlib
import io
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.readers.zip_directory import ZipError, members, unpacked
from tests.unit.shared.inventory.readers.zip_making import archive

ENTRIES: dict[str, bytes | str] = {"a.class": b"\xca\xfe" * 500, "b/c.txt": "text " * 100, "d.txt": ""}


def contents(content: bytes, *endings: bytes) -> dict[bytes, bytes]:
    return {member.name: unpacked(content, member) for member in members(content, endings)}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("before", [b"", b"#!/bin/sh\nexec java -jar $0\n"])
@pytest.mark.parametrize("after", [b"", b"x" * 65535])
def test_the_members_that_are_asked_for_are_unpacked(compression: int, before: bytes, after: bytes) -> None:
    made = archive(ENTRIES, compression)
    made = before + made[:-2] + struct.pack("<H", len(after)) + after
    assert contents(made, b".txt") == {b"b/c.txt": b"text " * 100, b"d.txt": b""}


def test_a_directory_of_more_than_65535_members_is_read() -> None:
    entries: dict[str, bytes | str] = {**{f"{number}.class": b"" for number in range(65_600)}, "a.txt": b"found"}
    assert contents(archive(entries, zipfile.ZIP_STORED), b".txt") == {b"a.txt": b"found"}


def test_sizes_and_places_of_zip64_are_taken_from_its_own_end() -> None:
    made = archive(ENTRIES)
    end = made.rindex(b"PK\x05\x06")
    size, place = struct.unpack_from("<LL", made, end + 12)
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 3, 3, size, place)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    plain_end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 3, 3, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    made = made[:end] + end64 + locator + plain_end
    assert zipfile.ZipFile(io.BytesIO(made)).read("b/c.txt") == b"text " * 100
    assert contents(made, b".txt") == {b"b/c.txt": b"text " * 100, b"d.txt": b""}


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, b"not a zip" * 1000])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(ZipError):
        contents(content, b"")


def broken(at: bytes, offset: int, value: bytes) -> bytes:
    made = bytearray(archive({"a.txt": b"text" * 100}))
    place = made.rindex(at) + offset
    made[place : place + len(value)] = value
    return bytes(made)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (broken(b"PK\x01\x02", 0, b"XX"), "damaged"),
        (broken(b"PK\x01\x02", 8, b"\x01"), "encrypted"),
        (broken(b"PK\x01\x02", 10, b"\x0c"), "method 12"),
        (broken(b"PK\x01\x02", 20, b"\xff\xff"), "another size"),
        (broken(b"PK\x01\x02", 24, b"\x01"), "another size"),
        (broken(b"PK\x01\x02", 42, b"\x01"), "not where its directory says"),
        (broken(b"PK\x01\x02", 42, b"\xff\xff\xff\x7f"), "outside"),
        (broken(b"PK\x03\x04", 30 + 5, b"\xff\xff\xff"), "inflated"),
        (broken(b"PK\x05\x06", 12, b"\x30"), "damaged"),
        (broken(b"PK\x05\x06", 12, b"\xff\xff\xff\x00"), "cut off"),
        (broken(b"PK\x05\x06", 16, b"\xff\xff\xff\xff"), "cut off"),
    ],
)
def test_a_broken_archive_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(ZipError, match=why):
        contents(content, b".txt")


@settings(deadline=None)
@given(st.data())
def test_a_changed_archive_is_read_or_refused(data: st.DataObject) -> None:
    made = bytearray(archive({"a.txt": b"text" * 10, "b.txt": b"b"}))
    for _ in range(data.draw(st.integers(1, 4))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ZipError):
        contents(bytes(made), b".txt")


def test_a_directory_of_a_million_members_costs_little() -> None:
    entry = struct.pack("<4s4xHH8xLLHHH8xL", b"PK\x01\x02", 0, 0, 0, 0, 1, 0, 0, 0) + b"x"
    directory = entry * 1_000_000
    content = directory + struct.pack("<4s4xHHLLH", b"PK\x05\x06", 0, 0, len(directory), 0, 0)
    start = time.process_time()
    assert contents(content, b".jar") == {}
    assert time.process_time() - start < 5
