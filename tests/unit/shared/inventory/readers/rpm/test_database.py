import time
from collections.abc import Callable
from random import Random
from struct import pack

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.rpm.database import read_database, read_log
from tests.support.rpm_databases import bdb_database, headed, header, ndb_database, sqlite_database

BASH = header("bash", "5.1.8", "9.el9", files=[("/usr/bin/bash", 0o100755)])
NODE = header("nodejs", "18.19.0", "1.module_el8", epoch=1, module="nodejs:18:8090020231212151433:a75119d5")
LARGE = header("kernel-core", "5.14.0", "503.el9", files=[(f"/lib/modules/{at}", 0o100644) for at in range(2000)])
HEADERS = [BASH, NODE, LARGE]
FORMATS: list[Callable[[list[bytes]], bytes]] = [
    sqlite_database,
    lambda blobs: sqlite_database(blobs, page_size=512),
    lambda blobs: sqlite_database(blobs, page_size=65536),
    ndb_database,
    bdb_database,
    lambda blobs: bdb_database(blobs, page_size=512),
    lambda blobs: bdb_database(blobs, order=">"),
]
every_format = pytest.mark.parametrize(
    "made", FORMATS, ids=["sqlite", "sqlite-512", "sqlite-64k", "ndb", "bdb", "bdb-512", "bdb-big-endian"]
)


@every_format
def test_packages_are_read_in_full(made: Callable[[list[bytes]], bytes]) -> None:
    facts = read_database("", made(HEADERS))
    assert facts.unreadable == ""
    assert facts.packages == (
        FoundPackage(PackageKind.RPM, "bash", "5.1.8-9.el9", "bash", "5.1.8-9.el9", "noarch"),
        FoundPackage(
            PackageKind.RPM,
            "nodejs",
            "1:18.19.0-1.module_el8",
            "nodejs",
            "18.19.0-1.module_el8",
            "noarch",
            "nodejs:18:8090020231212151433:a75119d5",
        ),
        FoundPackage(PackageKind.RPM, "kernel-core", "5.14.0-503.el9", "kernel-core", "5.14.0-503.el9", "noarch"),
    )


@every_format
def test_a_thousand_packages_are_read(made: Callable[[list[bytes]], bytes]) -> None:
    names = [f"package-{number}" for number in range(1000 if made is not ndb_database else 250)]
    facts = read_database("", made([header(name) for name in names]))
    assert facts.unreadable == ""
    assert sorted(package.name for package in facts.packages) == sorted(names)


@every_format
def test_a_database_without_packages_holds_nothing(made: Callable[[list[bytes]], bytes]) -> None:
    assert read_database("", made([])) == FileFacts()


def test_slots_of_an_ndb_database_may_fill_several_pages() -> None:
    content = ndb_database([header(f"package-{number}") for number in range(600)], slot_pages=3)
    assert len(read_database("", content).packages) == 600


def test_an_epoch_of_zero_is_no_part_of_the_version() -> None:
    (package,) = read_database("", ndb_database([header("a", "1", "2", epoch=0)])).packages
    assert package.version == "1-2"


def test_public_keys_are_no_packages() -> None:
    facts = read_database("", ndb_database([header("gpg-pubkey", "8483c65d", "5ccc5b19"), header("a")]))
    assert [package.name for package in facts.packages] == ["a"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("python-requests-2.25.1-8.el9.src.rpm", ("python-requests", "2.25.1-8.el9")),
        ("firmware-1-2.nosrc.rpm", ("firmware", "1-2")),
        ("(none)", ("", "")),
        ("a-1.src.rpm", ("", "")),
    ],
)
def test_the_source_package_is_named_by_its_file(source: str, found: tuple[str, str]) -> None:
    (package,) = read_database("", ndb_database([header("a", source=source)])).packages
    assert (package.source, package.source_version) == found


def test_language_files_and_programs_of_a_package_are_owned() -> None:
    files = [
        ("/usr/lib/python3.9/site-packages/six-1.15.0.dist-info/METADATA", 0o100644),
        ("/usr/lib/node_modules/npm/package.json", 0o100644),
        ("/usr/share/doc/METADATA", 0o100644),
        ("/usr/bin/podman", 0o100755),
        ("/usr/bin/folder", 0o040755),
        ("/usr/bin/link", 0o120777),
        ("/usr/lib64/libc.so.6", 0o100755),
        ("/etc/passwd", 0o100644),
    ]
    assert read_database("", ndb_database([header("mixed", files=files)])).owned == {
        "usr/lib/python3.9/site-packages/six-1.15.0.dist-info/METADATA": "mixed",
        "usr/lib/node_modules/npm/package.json": "mixed",
        "usr/bin/podman": "mixed",
    }


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (b"", "a header is cut off"),
        (BASH[:-40], "a header is cut off"),
        (header(""), "a header names no package"),
        (header("a\x01b"), "a header names no package"),
        (header("a", version=""), "package a has no version or no release"),
        (header("a", version="1" * 400, release="2" * 400), "package a has a version of 801 characters"),
        (headed([(1000, 6, 1, b"endless")])[:-16], "a header is cut off"),
        (headed([(1000, 4, 1, b"\0\0\0\1")]), "a header names no package"),
        (header("a", files=[("/a", 0o100644)]).replace(b"\0\0\4\135", b"\0\0\0\0"), ""),
    ],
)
def test_a_damaged_header_is_named_and_the_others_are_read(blob: bytes, reason: str) -> None:
    facts = read_database("", ndb_database([blob, BASH]))
    assert facts.packages[-1].name == "bash"
    assert facts.unreadable == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no Berkeley DB hash table"),
        (b"\0" * 4096, "it is no Berkeley DB hash table"),
        (b"SQLite format 3\0", "it is no SQLite database"),
        (sqlite_database(HEADERS)[:4096], "page 2 is missing"),
        (sqlite_database(HEADERS).replace(b"Packages", b"packages"), "it has no table Packages"),
        (ndb_database(HEADERS)[:5000], "its values are larger than the file"),
        (ndb_database(HEADERS)[:2000], "it is cut off"),
        (ndb_database(HEADERS).replace(b"RpmP\0", b"RpmP\1"), "it is an ndb database of version 1"),
        (ndb_database(HEADERS).replace(b"BlbE", b"BlbX"), "the header of package 1 is damaged"),
        (bdb_database(HEADERS)[:-1], "it is cut off"),
        (bdb_database(HEADERS)[:24] + b"\1" + bdb_database(HEADERS)[25:], "it is encrypted"),
    ],
)
def test_a_database_that_cannot_be_read_to_its_end_says_so(content: bytes, reason: str) -> None:
    assert read_database("", content).unreadable.endswith(f"cannot be read to its end: {reason}")


def test_what_lies_before_the_damage_is_kept() -> None:
    content = ndb_database(HEADERS)
    facts = read_database("", content[: len(content) - 16])
    assert [package.name for package in facts.packages] == ["bash", "nodejs"]
    assert facts.unreadable


def test_a_log_of_changes_beside_the_database_is_unreadable_unless_it_is_empty() -> None:
    assert read_log("", b"") == FileFacts()
    assert read_log("", b"7\x7f\x06\x82").unreadable == "changes that are not in the database yet"


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.sampled_from([b"SQLite format 3\0", b"RpmP", b"\0" * 12 + b"\x61\x15\x06\0", b""]))
@example(b"", b"")
def test_any_bytes_are_read(noise: bytes, magic: bytes) -> None:
    assert isinstance(read_database("", magic + noise.ljust(600, b"\0")), FileFacts)


SAMPLES = [made(HEADERS) for made in FORMATS]


@settings(deadline=None, max_examples=600)
@given(st.sampled_from(SAMPLES), st.data())
def test_a_database_with_any_bytes_changed_is_read(sample: bytes, data: st.DataObject) -> None:
    content = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.one_of(st.integers(0, 200), st.integers(0, len(content) - 1)))
        noise = data.draw(st.binary(min_size=1, max_size=8))
        content[at : at + len(noise)] = noise
    assert isinstance(read_database("", bytes(content)), FileFacts)


def test_hostile_databases_take_bounded_time() -> None:
    start = time.process_time()
    for content in (_sqlite_of_one_cell(), _bdb_of_one_value(), _ndb_of_one_blob(), _sqlite_of_noise()):
        assert read_database("", content).unreadable
    assert time.process_time() - start < 20


def _sqlite_of_one_cell() -> bytes:
    """Make a file in which every cell of a page is the same large row."""
    content = bytearray(sqlite_database([b"x" * 60_000], page_size=65536))
    root = content.find(b"x" * 1000) // 65536 * 65536
    (cell,) = (content[root + 8 : root + 10],)
    content[root + 3 : root + 5] = (2000).to_bytes(2)
    content[root + 8 : root + 8 + 4000] = cell * 2000
    return bytes(content)


def _bdb_of_one_value() -> bytes:
    """Make a file of 16 MB in which every page names the same value."""
    content = bytearray(bdb_database([b"x" * 8_000_000]))
    page = bytes(content[4096:8192])
    return bytes(content[:32]) + (4095).to_bytes(4, "little") + bytes(content[36:8_200_000]) + page * 2100


def _ndb_of_one_blob() -> bytes:
    content = ndb_database([b"x" * 8_000_000], slot_pages=200)
    slot = content[48:64]
    return content[:48] + slot * 50_000 + content[48 + 800_000 :]


def _sqlite_of_noise() -> bytes:
    content = bytearray(sqlite_database(HEADERS * 2000))
    random = Random(1)
    for at in range(4096, len(content), 512):
        content[at] = random.randrange(256)
    return bytes(content)


def test_a_tree_with_more_pages_than_its_file_is_noticed_before_they_are_listed() -> None:
    size = 65536
    root = pack(">BHHHBI", 5, 0, 30_000, 0, 0, 2) + pack(">30000H", *[12] * 30_000)
    content = sqlite_database([], size)[:size] + root.ljust(size, b"\0") * 3
    facts = read_database("", content)
    assert facts.unreadable == "the database cannot be read to its end: a tree has more pages than the file"
