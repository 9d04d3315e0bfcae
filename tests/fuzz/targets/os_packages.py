"""Databases of the packages of a distribution, and what names it."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from struct import unpack_from

from shared.inventory.readers.apk import read_installed
from shared.inventory.readers.dpkg import read_status, read_status_d
from shared.inventory.readers.os_release import read_os_release
from shared.inventory.readers.ownership import read_list, read_md5sums
from shared.inventory.readers.rpm.database import read_database
from shared.inventory.readers.rpm.header import BadHeader, Header, Tag
from tests.fuzz.interface import Target
from tests.fuzz.properties import check_facts, check_found, check_found_or_said, check_reader
from tests.support.rpm_databases import bdb_database, header, ndb_database, sqlite_database

_STATUS = b"""Package: whole
Status: install ok installed
Architecture: amd64
Source: from (1:2)
Version: 2:1.0-1
Description: of it
 goes on
"""
_LIST = b"/.\n/usr\n/usr/lib/python3/dist-packages/pip-1.dist-info/METADATA\n/usr/share/java/a.jar\n"
_MD5SUMS = b"d41d8cd98f00b204e9800998ecf8427e  usr/lib/python3/dist-packages/pip-1.egg-info\n"
_INSTALLED = b"P:whole\nV:1.2.3-r4\nA:x86_64\no:from\nF:usr/bin\nR:tool\na:0:0:755\nR:METADATA\nZ:Q1\n"
_OS_RELEASE = b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nHOME_URL=\'x\'\n'


def _dpkg(content: bytes) -> None:
    # A blank line ends a paragraph: what follows it can take nothing from the package before.
    check_found(check_reader(read_status, "var/lib/dpkg/status", _STATUS + b"\n" + content), "whole")
    check_reader(read_status_d, "var/lib/dpkg/status.d/whole", content)
    check_reader(read_list, "var/lib/dpkg/info/whole:amd64.list", content)
    check_reader(read_md5sums, "var/lib/dpkg/status.d/whole.md5sums", content)


def _apk(content: bytes) -> None:
    check_found(check_reader(read_installed, "lib/apk/db/installed", _INSTALLED + b"\n" + content), "whole")


def _rpm(make: Callable[[Sequence[bytes]], bytes], content: bytes) -> None:
    """Read a changed database as it is, and a whole one that is cut off."""
    check_reader(read_database, "var/lib/rpm/Packages", content)
    whole = _database(make)
    cut = whole[: int.from_bytes(content[:4]) % len(whole)]
    check_found_or_said(check_reader(read_database, "", cut), *read_database("", whole).packages)


@cache
def _database(make: Callable[[Sequence[bytes]], bytes]) -> bytes:
    return make(_headers())


def _headers() -> list[bytes]:
    files = [("/usr/bin/tool", 0o100755), ("/usr/lib/python3.9/site-packages/a-1.dist-info/METADATA", 0o100644)]
    module = "nodejs:18:8090020231212151433:a75119d5"
    return [
        header("whole", "1.0", "1.el9", epoch=2, module=module, files=files),
        header("large", files=[(f"/usr/share/{number}", 0o100644) for number in range(200)]),
        header("last"),
    ]


def _rpm_header(content: bytes) -> None:
    try:
        found = Header(content)
        for tag in (Tag.NAME, Tag.VERSION, Tag.RELEASE, Tag.ARCH, Tag.SOURCERPM, Tag.MODULARITYLABEL):
            assert isinstance(found.text(tag), str)
        assert found.epoch() >= 0
        assert sum(1 for _file in found.files()) <= 250_000
    except BadHeader:
        return
    index, store = unpack_from(">II", content)
    assert 8 + index * 16 + store <= len(content)


def _os_release(content: bytes) -> None:
    facts = check_reader(read_os_release, "etc/os-release", content)
    assert facts.distribution is not None
    for text in (facts.distribution.id, facts.distribution.version_id, facts.distribution.name):
        assert text.isprintable(), "a terminal or a log would obey it"
    check_facts(facts)


def _seeds(make: Callable[[Sequence[bytes]], bytes]) -> Callable[[], Iterable[bytes]]:
    return lambda: [make(_headers()), make(_headers()[2:]), make([])]


def _sqlite_seeds() -> Sequence[bytes]:
    file = sqlite3.connect(":memory:", isolation_level=None)
    file.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
    file.execute("CREATE TRIGGER gone AFTER INSERT ON Packages BEGIN DELETE FROM Packages; END")
    file.execute("CREATE VIEW Other AS SELECT * FROM Packages")
    with_trigger = file.serialize()
    file.close()
    small = [sqlite_database(_headers(), 512), sqlite_database(_headers()[2:], 512)]
    return [*small, sqlite_database(_headers()), with_trigger]


_small_sqlite = partial(sqlite_database, page_size=512)
_small_bdb = partial(bdb_database, page_size=512)

TARGETS = (
    Target("dpkg", _dpkg, lambda: [_STATUS, _STATUS + b"\n" + _STATUS, _LIST, _MD5SUMS]),
    Target("apk", _apk, lambda: [_INSTALLED, _INSTALLED + b"\n" + _INSTALLED]),
    Target("rpm-sqlite", partial(_rpm, _small_sqlite), _sqlite_seeds, 64 * 1024),
    Target("rpm-ndb", partial(_rpm, ndb_database), lambda: [ndb_database(_headers())], 64 * 1024),
    Target("rpm-bdb", partial(_rpm, _small_bdb), lambda: [_small_bdb(_headers()), _small_bdb([])], 64 * 1024),
    Target("rpm-header", _rpm_header, _headers),
    Target("os-release", _os_release, lambda: [_OS_RELEASE]),
)
