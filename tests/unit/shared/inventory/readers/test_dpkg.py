import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.dpkg import read_status, read_status_d
from tests.unit.shared.inventory.layer_making import stanza


def names(facts: FileFacts) -> list[str]:
    return [package.name for package in facts.packages]


def test_an_installed_package_is_read_with_its_source() -> None:
    content = (
        "Package: libc6\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nMulti-Arch: same\n"
        "Source: glibc (2.36-9+deb12u4)\nVersion: 2.36-9+deb12u4+b1\nDescription: GNU C Library\n"
        " Version: of a folded line\n Package: too\n"
    )
    assert read_status("", content.encode()).packages == (
        FoundPackage(PackageKind.DEB, "libc6", "2.36-9+deb12u4+b1", "glibc", "2.36-9+deb12u4", "amd64"),
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [({}, ("a", "1")), ({"Source": "b"}, ("b", "1")), ({"Source": "b (2:0)"}, ("b", "2:0"))],
)
def test_the_source_defaults_to_the_package_itself(source: dict[str, str], expected: tuple[str, str]) -> None:
    (package,) = read_status("", stanza("a", "1", **source).encode()).packages
    assert (package.source, package.source_version) == expected


def test_both_architectures_of_a_package_are_packages() -> None:
    content = stanza("libc6", "2.36") + stanza("libc6", "2.36", Architecture="i386")
    assert [p.architecture for p in read_status("", content.encode()).packages] == ["amd64", "i386"]


@pytest.mark.parametrize("state", ["installed", "triggers-awaited", "triggers-pending"])
def test_installed_packages_count_whatever_is_wanted_of_them(state: str) -> None:
    for want in ("install", "hold", "deinstall"):
        facts = read_status("", stanza("a", "1", f"{want} ok {state}").encode())
        assert (names(facts), facts.unreadable) == (["a"], "")


@pytest.mark.parametrize("state", ["config-files", "not-installed"])
def test_absent_packages_do_not_count(state: str) -> None:
    assert read_status("", stanza("a", "1", f"deinstall ok {state}").encode()) == FileFacts()


@pytest.mark.parametrize("state", ["unpacked", "half-configured", "half-installed", "whatever"])
def test_packages_in_between_are_noted(state: str) -> None:
    facts = read_status("", (stanza("a", "1", f"install ok {state}") + stanza("b", "1")).encode())
    assert names(facts) == ["b"]
    assert facts.unreadable == f"package a is '{state}', neither installed nor absent"


@pytest.mark.parametrize(
    "bad",
    [
        "Garbage\n\n",
        "Status: install ok installed\nVersion: 1\n\n",
        "Package: x\nStatus: install ok installed\n\n",
        "Package: x\nVersion: 1\n\n",
        stanza("x", "1", Source="()"),
        stanza("x", "9" * 1000),
        stanza("x\x00", "1"),
    ],
)
def test_a_bad_stanza_is_noted_and_the_good_ones_are_kept(bad: str) -> None:
    facts = read_status("", (stanza("a", "1") + bad + "\n\n" + stanza("b", "1")).encode())
    assert names(facts) == ["a", "b"]
    assert facts.unreadable


def test_many_bad_stanzas_are_counted() -> None:
    assert read_status("", b"x\n\ny\n\nz\n").unreadable == "a stanza names no package (and 2 more)"


def test_distroless_files_need_no_state() -> None:
    content = stanza("base-files", "12").replace("Status: install ok installed\n", "")
    assert names(read_status_d("", content.encode())) == ["base-files"]
    assert names(read_status_d("", stanza("a", "1", "deinstall ok config-files").encode())) == []


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from("Package: Vrsion\nStau(1)")).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_status("", content), FileFacts)


@pytest.mark.parametrize(
    "content", [b"\n" * 20_000_000, b"Version:" + b" " * 5_000_000 + b"x", b"Package: a\n" * 300_000]
)
def test_hostile_sizes_take_linear_time(content: bytes) -> None:
    start = time.process_time()
    read_status("", content)
    assert time.process_time() - start < 10


def test_a_database_of_more_packages_than_any_image_has_is_not_read_to_its_end() -> None:
    facts = read_status("", b"Package: a\nStatus: installed\nVersion: 1\n\n" * 250_001)
    assert len(facts.packages) == 250_000
    assert facts.unreadable == "more than 250000 packages"
