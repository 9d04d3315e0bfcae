import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.apk import read_installed

MUSL = "C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\nS:1\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1y=\n\n"
LIBSSL = "P:libssl3\nV:3.3.0_git20240101-r2\nA:x86_64\no:openssl\n\n"
PIP = "P:py3-pip\nV:24\nF:usr/lib/python3.12/site-packages/pip-24.dist-info\nR:METADATA\nR:RECORD\nF:usr/bin\nR:pip\n\n"


def test_packages_are_read_with_their_origin() -> None:
    assert read_installed("", (MUSL + LIBSSL).encode()).packages == (
        FoundPackage(PackageKind.APK, "musl", "1.2.5-r0", "musl", "1.2.5-r0", "x86_64"),
        FoundPackage(PackageKind.APK, "libssl3", "3.3.0_git20240101-r2", "openssl", "3.3.0_git20240101-r2", "x86_64"),
    )


def test_the_origin_defaults_to_the_package() -> None:
    (package,) = read_installed("", b"P:a\nV:1\n").packages
    assert (package.source, package.source_version) == ("a", "1")


def test_language_packages_belong_to_the_package_that_lists_them() -> None:
    assert read_installed("", (MUSL + PIP).encode()).owned == {
        "usr/lib/python3.12/site-packages/pip-24.dist-info/METADATA": "py3-pip"
    }


@pytest.mark.parametrize("bad", ["P:x\n\n", "V:1\n\n", "garbage\n\n", f"P:x\nV:{'1' * 600}\n\n"])
def test_a_bad_stanza_is_noted_and_the_good_ones_are_kept(bad: str) -> None:
    facts = read_installed("", (MUSL + bad + LIBSSL).encode())
    assert [package.name for package in facts.packages] == ["musl", "libssl3"]
    assert "no name or version" in facts.unreadable


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from("PVAoFR:\n./METADATAdist-info")).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_installed("", content), FileFacts)
