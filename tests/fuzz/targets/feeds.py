"""Advisories and the versions that they speak of."""

import io
import json
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

from shared.advisories.archive import FeedBroken, Limits, read_entries
from shared.advisories.intervals import FIRST, NEVER, affected_versions
from shared.advisories.listing import read_listing, same_time
from shared.advisories.modules import advised_modules, concerns, installed_module
from shared.advisories.osv import BadRecord, parse_record
from shared.advisories.ratings import package_ratings, record_ratings
from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.order import in_order
from shared.advisories.versions.scheme import Scheme, sort_key
from tests.fuzz.interface import Target

_RECORD = {
    "id": "DEBIAN-CVE-2026-1",
    "modified": "2026-01-02T03:04:05Z",
    "aliases": ["CVE-2026-1"],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "Debian:12", "name": "openssl"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.0.1"}, {"introduced": "3.1"}]}
            ],
            "versions": ["1.0", "x"],
            "ecosystem_specific": {"urgency": "high"},
        }
    ],
    "references": [{"type": "WEB", "url": "https://example.com"}],
}
_OTHER_VECTORS = ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
_VERSIONS = (
    *("1:2.36-9+deb12u4~bpo1", "1.2.4_git20230717-r4", "3:4.18.0-553.el8_10^2~1", "1!2.0rc1.post2.dev3+l.4"),
    *("1.2.3-rc.1+b", "5.2.0.RELEASE-SNAPSHOT", "1.2.3.4-beta.5", "1.0.0.pre1", "2.x-dev", "20240131p2", "v1.0.0"),
)
_ERRATUM = "Important: nodejs:18 and idm:DL1 security update\n1.module_el8.9.0+3729+bee9dd5a"
_LIMITS = Limits(archive_bytes=1 << 20, records=1000, record_bytes=1 << 20, inflated_bytes=4 << 20)


def _record(content: bytes) -> None:
    try:
        record = parse_record(content)
    except BadRecord:
        return
    assert record.id
    ratings = [*record_ratings(record)]
    for affected in record.affected or ():
        ratings += package_ratings(record, affected)
        for scheme in (Scheme.DEB, Scheme.SEMVER, None):
            versions = affected_versions(affected, scheme)
            assert all(FIRST <= part.start < part.stop <= NEVER for part in versions.intervals)
    assert all(rating.score is None or 0 <= rating.score <= 10 for rating in ratings)


def _feed(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with suppress(FeedBroken):
            for name, entry in read_entries(Path(file.name), _LIMITS):
                assert name.endswith(".json")
                assert len(entry) <= _LIMITS.record_bytes


def _listing(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with suppress(FeedBroken):
            listed = read_listing(Path(file.name))
            assert listed
            assert all(same_time(modified, modified) for modified in listed.values())


def _modules(content: bytes) -> None:
    summary, _, build = content.decode("utf-8", "replace").partition("\n")
    advised = advised_modules((build,), summary)
    installed = installed_module(summary, build)
    assert advised is not None
    told = concerns(advised, installed)
    assert isinstance(told, bool) or told.isprintable()


def _versions(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    lines = text.split("\n")[:8]
    for scheme in Scheme:
        for line in (text, *lines):
            with suppress(InvalidVersion):
                key = sort_key(scheme, line)
                assert FIRST < key < NEVER
    for kind in ("deb/debian/a", "npm/a", "pypi/a", "maven/a/b", "x/y"):
        assert sorted(in_order(f"pkg:{kind}", lines)) == sorted(lines)


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.json", "b.json", "c.txt"):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), json.dumps(_RECORD))
    return buffer.getvalue()


def _records() -> list[bytes]:
    vectors = [{**_RECORD, "severity": [{"type": "CVSS_V4", "score": score}]} for score in _OTHER_VECTORS]
    return [json.dumps(record).encode() for record in (_RECORD, *vectors)]


TARGETS = (
    Target("osv-record", _record, _records),
    Target("osv-feed", _feed, lambda: [_archive()]),
    Target(
        "osv-listing", _listing, lambda: [b"2026-01-02T03:04:05.6Z,CVE-2026-1\n2026-01-02T03:04:05+00:00,GHSA-a-b\n"]
    ),
    Target("rpm-modules", _modules, lambda: [_ERRATUM.encode(), f"nodejs:18:8090:f1\n{_ERRATUM}".encode()]),
    Target(
        "versions",
        _versions,
        lambda: [version.encode() for version in _VERSIONS] + ["\n".join(_VERSIONS).encode()],
        2048,
    ),
)
