"""Results of scans for exports: a small true-to-life one, and random ones full of an attacker's text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from shared.domain.criteria import Criteria
from shared.domain.findings import Finding, FixStatus, Rating
from shared.domain.image import EndedScan
from shared.domain.image_health import JudgedFinding
from shared.domain.packages import Package
from shared.domain.rules import Rule, RuleScope
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult
from tests.support.examples import START, at, completed, finding, image_id, inventory, package, report

HOSTILE = (
    "=1+2",
    "@SUM(A1)",
    "-2",
    "\t=1",
    '","x',
    "a\r\nb",
    "<script>alert(1)</script>",
    "[click](http://evil.example)",
    "{0}",
    "\u202egpj.exe",
    "\x00\x1b[31m",
    "\\[",
    "Ünïcode 版本",
)
RULE = Rule("rule-1", RuleScope(), Criteria(("CVE-1",)), "not reachable", "sam@contoso.example", START, at(60))


def scan_result(*judged: JudgedFinding, **changes: Any) -> ScanResult:
    """Return the result of a scan of a Debian image, of one package unless an inventory is given."""
    made = ScanResult(
        image=image_id(),
        repository="team/app",
        scan=EndedScan(completed(advisory_snapshot="snapshot-1"), START),
        inventory=inventory(*{one.finding.package.name: package(one.finding.package.name) for one in judged}.values()),
        report=report([one.finding for one in judged]),
        judged=judged,
        rules={RULE.id: RULE},
    )
    return replace(made, **changes)


_text = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
_sane = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
_maybe = st.one_of(st.just(""), _text)
_flaws = st.from_regex(r"(CVE|GHSA|DEBIAN-CVE)-[0-9]{4}-[0-9]{4}", fullmatch=True)
_times = st.datetimes(timezones=st.timezones()).map(lambda time: time.isoformat())

packages = st.builds(
    Package,
    name=_sane,
    version=_sane,
    ecosystem=st.sampled_from(["Debian", "npm", "Maven", "Packagist", "Go", "fedora"]),
    purl=st.from_regex(r"pkg:(deb|npm|maven)/[a-z]{1,8}@[0-9.]{1,8}", fullmatch=True),
    path=_text,
    layer=st.just("sha256:" + "9" * 64),
    source=_maybe,
    source_version=_maybe,
    owner=_maybe,
    module=_maybe,
)
_ratings = st.builds(
    Rating,
    source=_sane,
    severity=st.sampled_from(Severity),
    score=st.one_of(st.none(), st.floats(0, 10)),
    vector=st.one_of(_maybe, st.sampled_from(["CVSS:3.1/AV:N", "CVSS:4.0/AV:N", "AV:N/AC:L", "CVSS:3.0/AV:L"])),
)


@st.composite
def findings(draw: st.DrawFn, installed: st.SearchStrategy[Package] = packages) -> Finding:
    """Make findings of which everything but names and times is an attacker's text."""
    return finding(
        draw(_flaws),
        draw(st.sampled_from(Severity)),
        draw(installed),
        cve=draw(st.one_of(st.none(), _flaws)),
        advisory=draw(_sane),
        aliases=tuple(draw(st.lists(_sane, max_size=3))),
        ratings=tuple(draw(st.lists(_ratings, max_size=2))),
        cvss=draw(st.one_of(st.none(), st.floats(0, 10))),
        published=draw(st.one_of(st.none(), _times, _text)),
        fixed_version=draw(st.one_of(st.none(), _sane)),
        fix_status=draw(st.sampled_from(FixStatus)),
        remediation=draw(_text),
        references=tuple(draw(st.lists(st.one_of(_text, _text.map("https://evil.example/{}".format)), max_size=3))),
        undetermined=draw(st.one_of(st.none(), _text)),
        title=draw(_text),
    )


@st.composite
def results(draw: st.DrawFn) -> ScanResult:
    """Make results whose findings hit packages of the inventory, and some that it lacks."""
    installed = draw(st.lists(packages, min_size=1, max_size=6))
    hits = draw(st.lists(findings(st.one_of(st.sampled_from(installed), packages)), max_size=6))
    rule = replace_text(RULE, draw(_text))
    judged = tuple(JudgedFinding(hit, draw(st.sampled_from([None, rule.id]))) for hit in hits)
    gaps = tuple(draw(st.lists(_text, max_size=2)))
    found = inventory(*installed, unreadable=tuple(draw(st.lists(_text, max_size=1))))
    return scan_result(*judged, inventory=found, report=report(hits, gaps), rules={rule.id: rule})


def replace_text(rule: Rule, text: str) -> Rule:
    """Return a rule with another reason and author."""
    return Rule(rule.id, rule.scope, rule.criteria, text or "-", text or "-", rule.created, rule.expires)
