"""Hostile files in layers that are fine: package databases, metadata, archives in archives, programs."""

import sqlite3
import zlib
from collections.abc import Iterator
from functools import partial
from struct import pack

from local.images.image import Image
from local.images.layers import Entry, build_layer
from tests.support.hostile.cases import NOT_ASSESSED, UNHEALTHY, Case, over_base
from tests.support.made_images import STATUS, dpkg_status
from tests.support.rpm_databases import bdb_database, header, ndb_database, sqlite_database
from tests.unit.shared.inventory.readers.zip_making import archive as zip_of

_MIB = 1024 * 1024
_APK, _RPM = "lib/apk/db/installed", "var/lib/rpm/"
_DEEP = b"[" * 10_000 + b"]" * 10_000


def _image(path: str, content: bytes, *, flawed: bool = False) -> Image:
    entries: dict[str, Entry] = {path: content}
    return over_base(build_layer(entries), flawed=flawed)


def _huge_version() -> bytes:
    return dpkg_status({"openssl": "1" * _MIB, "zlib": "1:1.2.13-9"})


def _owned_by_apk() -> bytes:
    return b"P:a\nV:1\nF:" + b"d" * 4000 + b"\n" + b"R:METADATA\n" * 100_000 + b"\n"


def _owned_by_rpm() -> bytes:
    names = [(f"/{'d' * 4000}/tool{number}", 0o100755) for number in range(20_000)]
    return ndb_database([header("a", files=names)])


def _with_trigger() -> bytes:
    file = sqlite3.connect(":memory:", isolation_level=None)
    file.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
    file.execute("INSERT INTO Packages (blob) VALUES (?)", (header("a"),))
    file.execute("CREATE TABLE Seen (one)")
    file.execute("CREATE TRIGGER obey AFTER INSERT ON Seen BEGIN SELECT load_extension('/tmp/evil.so'); END")
    file.execute("CREATE VIEW Name AS SELECT randomblob(1000000000)")
    content = file.serialize()
    file.close()
    return content


def _page_that_is_its_own_child() -> bytes:
    content = bytearray(sqlite_database([header(f"p{number}") for number in range(50)], 512))
    root = 512  # the table of the packages starts at the second page
    content[root + 8 : root + 12] = pack(">I", 2)
    return bytes(content)


def _tree_of_more_pages_than_the_file() -> bytes:
    size = 65536
    small = sqlite_database([], size)
    cells = (size - 12) // 2
    first, pages = len(small) // size + 1, 40
    made = []
    for number in range(pages):
        following = first + number + 1
        page = pack(">BHHHBI", 5, 0, cells, 0, 0, following) + pack(">H", 12) * cells
        made.append(page[:12] + pack(">H", 12) * cells)
    content = bytearray(small + b"".join(page.ljust(size, b"\0")[:size] for page in made))
    content[size : 2 * size] = content[first * size - size : first * size]
    return bytes(content)


def _nested_jars(depth: int) -> bytes:
    content = zip_of({"META-INF/MANIFEST.MF": b"Implementation-Title: inner\nImplementation-Version: 1\n"})
    for _level in range(depth):
        content = zip_of({"inner-1.0.jar": content})
    return content


def _jar_bomb() -> bytes:
    return zip_of({"inner-1.0.jar": bytes(80 * _MIB)})


def _overlapping_jar() -> bytes:
    """Make a directory of 60,000 entries that all name the same few bytes."""
    name = b"META-INF/maven/g/a/pom.properties"
    body = zlib.compress(b"version=1\n")[2:-4]
    local = pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), 10, len(name), 0) + name + body
    entry = pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(body), 10, len(name), 0, 0, 0, 0, 0, 0) + name
    directory = entry * 60_000
    return local + directory + pack("<4s4H2IH", b"PK\5\6", 0, 0, 60_000, 60_000, len(directory), len(local), 0)


def _lying_jar() -> bytes:
    content = zip_of({"META-INF/maven/g/a/pom.properties": b"version=1\n" * 1000})
    return content.replace(pack("<I", 10_000), pack("<I", 10))


def _odd_elf() -> bytes:
    table = pack("<16s2HI3QI6H", b"\x7fELF\2\1\1", 2, 62, 1, 0, 64, 2**63, 0, 64, 56, 65535, 64, 65535, 65535)
    return (table + pack("<2I6Q", 1, 6, 2**63, 2**64 - 1, 0, 2**63, 2**63, 1) * 64).ljust(300 * 1024, b"\xff")


type _Files = dict[str, tuple[str, bytes, str]]  # by name of the case: a path, its content, and the reason


def _dpkg_and_apk() -> _Files:
    return {
        "dpkg-noise": (STATUS, bytes(range(256)) * 100, "a stanza names no package"),
        "dpkg-half-a-stanza": (STATUS, b"Package: openssl\nStatus: install ok installed\nVers", "has no version"),
        "dpkg-unknown-state": (STATUS, b"Package: a\nStatus: install ok odd\nVersion: 1\n", "neither installed"),
        "dpkg-300000-packages": (STATUS, b"Package: a\nStatus: installed\nVersion: 1\n\n" * 300_000, "packages"),
        "version-of-1-MB": (STATUS, _huge_version(), "has no version"),
        "apk-noise": (_APK, b"P:\nV:\n\n" * 1000, "has no name or version (''"),
        "apk-a-million-stanzas": (_APK, b"x\n\n" * 1_000_000, "(and 250000 more)"),
        "apk-long-folders": (_APK, _owned_by_apk(), "the paths of its files"),
    }


def _rpm() -> _Files:
    return {
        "rpm-noise": (_RPM + "rpmdb.sqlite", b"SQLite format 3\0" + bytes(1000), "cannot be read to its end"),
        "rpm-sqlite-cut-off": (
            _RPM + "rpmdb.sqlite",
            sqlite_database([header("a" * 400)] * 99, 512)[:20_480],
            "is missing",
        ),
        "rpm-sqlite-circle": (_RPM + "rpmdb.sqlite", _page_that_is_its_own_child(), "stands twice"),
        "rpm-sqlite-tree-bomb": (
            _RPM + "rpmdb.sqlite",
            _tree_of_more_pages_than_the_file(),
            "more pages than the file",
        ),
        "rpm-ndb-cut-off": (_RPM + "Packages.db", ndb_database([header("a")])[:-9], "cannot be read to its end"),
        "rpm-bdb-cut-off": (_RPM + "Packages", bdb_database([header("a")])[:-9], "cut off"),
        "rpm-long-folders": (_RPM + "Packages.db", _owned_by_rpm(), "the paths of its files"),
        "rpm-log-not-empty": (_RPM + "rpmdb.sqlite-wal", b"x", "changes that are not in the database"),
    }


def _manifests() -> _Files:
    return {
        "os-release-escapes": (
            "etc/os-release",
            b'ID="debian\x1b[31m"\nVERSION_ID="12\xe2\x80\xae"\n',
            "no advisories for",
        ),
        "package-json-10000-deep": (
            "node_modules/a/package.json",
            b'{"x": ' + _DEEP + b"}",
            "cannot read node_modules",
        ),
        "path-with-escapes": (
            "node_modules/a\x1b[31m\u202e/package.json",
            b"{",
            "cannot read node_modules/a\ufffd[31m\ufffd",
        ),
        "package-json-surrogate": (
            "node_modules/a/package.json",
            b'{"name": "\\ud800", "version": "1"}',
            "cannot read",
        ),
        "deps-json-10000-deep": ("app/a.deps.json", b'{"libraries": ' + _DEEP + b"}", "not a deps.json"),
        "deps-json-of-9-MiB": ("app/a.deps.json", b'{"libraries": {}}' + b" " * (9 * _MIB), "are read"),
        "installed-json-of-empty-packages": (
            "vendor/composer/installed.json",
            b"[" + b"{}," * 500_000 + b"{}]",
            "no name",
        ),
        "installed-json-10000-deep": ("vendor/composer/installed.json", _DEEP, "not an installed.json"),
    }


def _metadata_and_jars() -> _Files:
    site = "usr/lib/python3/dist-packages/"
    return {
        "gemspec-code": (
            "usr/share/specifications/a-1.gemspec",
            b's.name = `id`\ns.version = "1"\n',
            "a gem specification",
        ),
        "metadata-of-a-million-headers": (site + "a-1.dist-info/METADATA", b"Name: a\nVersion: 1\n" * 500_000, "PyPI"),
        "pkg-info-without-an-end": (site + "a-1.egg-info/PKG-INFO", b"Name" + b" " * 4_000_000, "without Name"),
        "jars-in-jars": ("a-1.jar", _nested_jars(6), "archives in archives are read 4 deep"),
        "jar-bomb": ("a-1.jar", _jar_bomb(), "bytes, 67108864 are read"),
        "jar-of-overlapping-members": ("a-1.jar", _overlapping_jar(), "holds more than 256 MiB or 50000 files"),
        "jar-that-lies-about-sizes": ("a-1.jar", _lying_jar(), "another size"),
        "jar-of-noise": ("a-1.jar", b"PK\3\4" + bytes(range(256)) * 10, "not a zip archive"),
    }


def _cases() -> Iterator[Case]:
    for name, (path, content, reason) in {**_dpkg_and_apk(), **_rpm(), **_manifests(), **_metadata_and_jars()}.items():
        yield Case(name, partial(_image, path, content), NOT_ASSESSED, reason)
    yield Case("rpm-sqlite-triggers", lambda: _image(_RPM + "rpmdb.sqlite", _with_trigger(), flawed=True), UNHEALTHY)
    yield Case("elf-odd-tables", lambda: _image("usr/bin/odd", _odd_elf(), flawed=True), UNHEALTHY)


CASES = tuple(_cases())
