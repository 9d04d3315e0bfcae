import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.node import read_package_json


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "@a/b", "version": "1.2.3", "dependencies": {"c": [1, {"version": "9"}]}}',
        b'\xef\xbb\xbf{"version": "1.2.3", "name": "@a/b"}',
        b'{"name": "@a/b", "version": "1.2.3", "author": "\xff"}',
    ],
)
def test_name_and_version_are_read(content: bytes) -> None:
    assert read_package_json("", content).packages == (FoundPackage(PackageKind.NPM, "@a/b", "1.2.3"),)


@pytest.mark.parametrize("content", [b"{}", b'{"type": "module"}', b'{"name": "x", "private": true}'])
def test_a_manifest_without_name_or_version_is_no_package(content: bytes) -> None:
    assert read_package_json("", content) == FileFacts()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"name": 1, "version": "1"}',
        b'{"name": null, "version": "1"}',
        b'{"name": "x", "version": ["1"]}',
        b'{"name": "x\\n", "version": "1"}',
        b'{"name": "x", "version": "' + b"1" * 1000 + b'"}',
        b'{"name": "\\ud800", "version": "1"}',
        b'{"name": "\xff", "version": "1"}',
        b'{"a":' * 200_000,
        b"[" * 200_000,
    ],
)
def test_a_malformed_manifest_is_unreadable(content: bytes) -> None:
    facts = read_package_json("", content)
    assert facts.unreadable
    assert facts.packages == ()


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from('{}[]":,nameversion1\\')).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_package_json("", content), FileFacts)
