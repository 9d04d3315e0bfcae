"""Exploit signals, and documents that say what is not exploitable."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from shared.advisories.archive import FeedBroken
from shared.advisories.signals.epss import read_epss
from shared.advisories.signals.fetch import Rows
from shared.advisories.signals.kev import read_kev
from shared.api.errors import ApiError
from shared.api.openvex import imported_body, parse_openvex, sample
from shared.domain.cve_sets import InvalidRuns, read_runs, write_runs
from shared.domain.openvex_plan import plan_import
from shared.domain.package_urls import InvalidPackageUrl, parse_purl
from shared.domain.rules import RuleScope
from tests.fuzz.interface import Target
from tests.support.signal_feeds import epss, kev


def _feed(read: Callable[[Path], Rows]) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        with tempfile.NamedTemporaryFile() as file, suppress(FeedBroken):
            file.write(content)
            file.flush()
            rows = read(Path(file.name)).rows
            assert rows
            names = [row.cve for row in rows]
            assert names == sorted(set(names))
            assert all(name.startswith("CVE-") and name.isascii() and name.isprintable() for name in names)

    return check


def _openvex(content: bytes) -> None:
    try:
        document = parse_openvex(content)
    except ApiError:
        return
    plan = plan_import(document, RuleScope(), [])
    body = imported_body(document, plan, preview=True)
    assert len(plan.events) == body["made"] == len(body["value"])
    for change in plan.changes:
        # A rule is about one flaw, in named images, in one repository or in named packages: never in everything.
        assert len(change.criteria.cves) == 1
        assert change.criteria.digests or change.criteria.purls or (change.scope.registry and change.scope.repository)
        assert change.reason
    msgspec.json.encode(body)


def _purl(content: bytes) -> None:
    with suppress(InvalidPackageUrl):
        purl = parse_purl(content.decode("utf-8", "replace"))
        assert purl.covers(purl)


def _documents() -> list[bytes]:
    said = sample()
    [one] = said["statements"]
    exact = {"@id": f"pkg:oci/app@sha256:{'a' * 64}", "subcomponents": [{"@id": "pkg:npm/%40a/b@1.0"}]}
    statements = [one, {**one, "products": [exact, {"identifiers": {"purl": "pkg:deb/debian/a@1"}}]}]
    denial = {**one, "status": "affected", "timestamp": "2026-10-01T00:00:00+01:00"}
    return [msgspec.json.encode({**said, "statements": part}) for part in ([one], statements, [*statements, denial])]


def _runs(content: bytes) -> None:
    """Read runs of CVEs by year, as they are stored: what can be read is written again just so."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidRuns):
        written = msgspec.json.decode(content, type=dict[str, str])
        cves = read_runs(written)
        assert len(cves) <= 4_000_000
        assert write_runs(cves.runs()) == dict(sorted(written.items()))


def _some_runs() -> list[bytes]:
    scattered = ",".join(map(str, range(1, 3000, 2)))
    return [b'{"2024":"1-3,7,9-20"}', msgspec.json.encode({"1999": scattered, "2026": "0-5000,1000000-1000099"})]


TARGETS = (
    Target("kev", _feed(read_kev), lambda: [kev("CVE-2026-0001", "CVE-2026-0002")]),
    Target(
        "epss", _feed(read_epss), lambda: [epss(CVE_2026_0001=0.5), b"cve,epss,percentile\nCVE-2026-0001,1,9e-05\n"]
    ),
    Target("cve-runs", _runs, _some_runs),
    Target("openvex", _openvex, _documents),
    Target("package-url", _purl, lambda: [b"pkg:rpm/redhat/a@1%3A2-3?arch=x86_64&epoch=1", b"pkg:npm/@a/b@1.0"], 2048),
)
