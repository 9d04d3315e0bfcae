import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.python import read_metadata


@pytest.mark.parametrize(
    "content",
    [
        "Metadata-Version: 2.1\nName: Flask\nVersion: 3.0.0\n\nName: other\n",
        "Metadata-Version: 1.0\r\nName: Flask\r\nVersion: 3.0.0\r\n\r\nVersion: 9\r\n",
        "name:Flask\nVERSION:   3.0.0  \nName: second\n",
        "Summary: x\n folded\nName: Flask\nVersion: 3.0.0",
    ],
)
def test_name_and_version_come_from_the_headers_only(content: str) -> None:
    assert read_metadata("", content.encode()).packages == (FoundPackage(PackageKind.PYPI, "Flask", "3.0.0"),)


@pytest.mark.parametrize(
    "content", ["", "Name: a\n", "Version: 1\n", "\n\nName: a\nVersion: 1\n", "Name: \nVersion: 1\n"]
)
def test_metadata_without_name_or_version_is_unreadable(content: str) -> None:
    assert read_metadata("", content.encode()) == FileFacts(unreadable="Python metadata without Name or Version")


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from("Name: Vrsio1\r\n")).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_metadata("", content), FileFacts)


@pytest.mark.parametrize("content", [b"\n" + b" " * 5_000_000, b"Name:" + b" " * 5_000_000 + b"x", b"x\n" * 3_000_000])
def test_hostile_sizes_take_linear_time(content: bytes) -> None:
    start = time.process_time()
    read_metadata("", content)
    assert time.process_time() - start < 10
