import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.dotnet import read_deps

APPLICATION = {
    "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
    "compilationOptions": {},
    "targets": {".NETCoreApp,Version=v8.0": {"App/1.0.0": {"dependencies": {"Newtonsoft.Json": "12.0.3"}}}},
    "libraries": {
        "App/1.0.0": {"type": "project", "serviceable": False, "sha512": ""},
        "Newtonsoft.Json/12.0.3": {"type": "package", "serviceable": True, "sha512": "x", "path": "newtonsoft.json"},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack", "sha512": ""},
        "Shared/1.0.0.0": {"type": "reference"},
    },
}
PACKAGES = (
    FoundPackage(PackageKind.NUGET, "Newtonsoft.Json", "12.0.3"),
    FoundPackage(PackageKind.NUGET, "Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1"),
)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
def test_packages_and_packs_of_the_runtime_are_read(before: bytes) -> None:
    assert read_deps("", before + json.dumps(APPLICATION).encode()) == FileFacts(packages=PACKAGES)


@pytest.mark.parametrize("content", [b"{}", b'{"libraries": {}}'])
def test_an_application_without_packages_tells_nothing(content: bytes) -> None:
    assert read_deps("", content) == FileFacts()


@pytest.mark.parametrize("key", ["A", "A/", "/1", "A\n/1"])
def test_a_library_without_name_or_version_is_noted(key: str) -> None:
    facts = read_deps("", json.dumps({"libraries": {key: {"type": "package"}}}).encode())
    assert facts.packages == ()
    assert facts.unreadable.startswith("a library has no name or version")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"libraries": []}', b'{"libraries": {"A/1": 1}}', b'{"a":' * 200_000]
)
def test_a_malformed_file_is_unreadable(content: bytes) -> None:
    facts = read_deps("", content)
    assert facts.unreadable.startswith("not a deps.json")
    assert facts.packages == ()


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from('{}[]":,libraries/1type')).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_deps("", content), FileFacts)
