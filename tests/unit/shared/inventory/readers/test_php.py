import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.php import read_installed_json

LISTED = [
    {"name": "symfony/yaml", "version": "v5.4.3", "version_normalized": "5.4.3.0", "require": {"php": ">=7.2.5"}},
    {"name": "acme/tool", "version": "dev-main", "type": "library"},
]
PACKAGES = (
    FoundPackage(PackageKind.COMPOSER, "symfony/yaml", "v5.4.3"),
    FoundPackage(PackageKind.COMPOSER, "acme/tool", "dev-main"),
)


@pytest.mark.parametrize("document", [LISTED, {"packages": LISTED, "dev": True, "dev-package-names": []}])
def test_the_lists_of_both_versions_of_composer_are_read(document: object) -> None:
    assert read_installed_json("", json.dumps(document).encode()) == FileFacts(packages=PACKAGES)


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"packages": []}'])
def test_an_empty_list_tells_nothing(content: bytes) -> None:
    assert read_installed_json("", content) == FileFacts()


@pytest.mark.parametrize("package", [{}, {"name": "a/b"}, {"version": "1"}, {"name": "a\n", "version": "1"}])
def test_a_package_without_name_or_version_is_noted_and_the_others_are_read(package: object) -> None:
    facts = read_installed_json("", json.dumps([package, *LISTED]).encode())
    assert facts.packages == PACKAGES
    assert facts.unreadable.startswith("a package has no name or version")


@pytest.mark.parametrize("content", [b"", b"null", b"1", b'{"packages": {}}', b"[1]", b'[{"name": 1}]', b"[" * 200_000])
def test_a_malformed_file_is_unreadable(content: bytes) -> None:
    facts = read_installed_json("", content)
    assert facts.unreadable.startswith("not an installed.json of Composer")
    assert facts.packages == ()


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from('{}[]":,packagesversion1')).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_installed_json("", content), FileFacts)
