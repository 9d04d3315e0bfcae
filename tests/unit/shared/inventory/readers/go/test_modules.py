import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.advisories.versions.scheme import Scheme, sort_key
from shared.inventory.interface import FileFacts
from shared.inventory.readers.go.build_info import BuildInfo
from shared.inventory.readers.go.modules import read_modules


def found(version: str = "", modules: str = "") -> list[tuple[str, str]]:
    return [(package.name, package.version) for package in read_modules(BuildInfo(version, modules)).packages]


@pytest.mark.parametrize(
    ("version", "library"),
    [
        ("go1.22.1", "v1.22.1"),
        ("go1.22", "v1.22.0"),
        ("go1.21rc2", "v1.21.0-rc.2"),
        ("go1.19beta1", "v1.19.0-beta.1"),
        ("go1.22.1 X:boringcrypto", "v1.22.1"),
        ("go1.24.0-fips", "v1.24.0"),
        ("go1.18.7b7", None),
        ("devel go1.23-a1b2c3 Mon", None),
        ("", None),
    ],
)
def test_the_standard_library_has_the_version_of_go(version: str, library: str | None) -> None:
    assert found(version) == ([("stdlib", library)] if library else [])


def test_the_versions_of_the_standard_library_are_ordered_as_the_advisories_word_them() -> None:
    names = ["go1.21rc1", "go1.21rc2", "go1.21", "go1.21.1", "go1.22beta1", "go1.22"]
    keys = [sort_key(Scheme.SEMVER, found(name)[0][1]) for name in names]
    assert keys == sorted(keys)
    assert sort_key(Scheme.SEMVER, "1.21.0-rc.2") == keys[1]
    assert sort_key(Scheme.SEMVER, "1.21.0-0") < keys[0]


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ("mod\texample.com/a\tv1.2.3\th1:x=\n", [("example.com/a", "v1.2.3")]),
        ("mod\texample.com/a\t(devel)\t\n", []),
        ("mod\texample.com/a\tv0.0.0-20240101000000-abcdefabcdef+dirty\t\n", None),
        ("dep\ta.org/b\tv2.0.0+incompatible\n", [("a.org/b", "v2.0.0+incompatible")]),
        ("dep\ta.org/b\tv1.0.0\n=>\tc.org/d\tv1.1.0\n", [("c.org/d", "v1.1.0")]),
        ("dep\ta.org/b\tv1.0.0\n=>\t./b\t\n", []),
        ("dep\ta.org/b\tv1.0.0\n=>\t./b\t(devel)\t\ndep\tc\tv1\n", [("c", "v1")]),
        ("build\tdep\tv1\npath\tdep\n", []),
        ("dep", []),
        ("=>\ta\tv1\n", [("a", "v1")]),
    ],
)
def test_modules_with_a_version_are_packages(modules: str, expected: list[tuple[str, str]] | None) -> None:
    if expected is None:
        expected = [("example.com/a", "v0.0.0-20240101000000-abcdefabcdef+dirty")]
    assert found(modules=modules) == expected


def test_a_malformed_module_is_named_and_the_others_are_kept() -> None:
    facts = read_modules(BuildInfo("go1.22", "dep\ta\x01b\tv1\ndep\tc\tv1\n"))
    assert [package.name for package in facts.packages] == ["stdlib", "c"]
    assert facts.unreadable == "a Go module has a malformed name or version ('a\\x01b' 'v1')"


@given(st.text(), st.text(st.sampled_from("mod\tep\n=>v1(l)i")))
def test_any_text_is_read(version: str, modules: str) -> None:
    assert isinstance(read_modules(BuildInfo(version, modules)), FileFacts)
