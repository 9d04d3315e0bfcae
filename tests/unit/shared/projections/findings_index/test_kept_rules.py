"""Rules in the index: in force at the moment of the question, before any image is projected anew."""

from __future__ import annotations

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.rules import RuleScope
from tests.support.examples import push
from tests.support.fleets import fleet
from tests.support.memory_app import MemoryApp

EVERYTHING = FindingCriteria()


def disable(app: MemoryApp, criteria: Criteria, name: str = "r1") -> None:
    app.disable_findings.disable(FindingDisabled(name, RuleScope(), criteria, "accepted", "me"))


def disabled(app: MemoryApp) -> list[tuple[tuple[str, ...], str | None]]:
    found = app.findings_index.found(FindingCriteria(disabled=True))
    return sorted((one.image.tags, one.judged.finding.cve) for one in found)


def test_a_rule_disables_findings_at_once() -> None:
    app = MemoryApp()
    fleet(app)
    disable(app, Criteria(("cve-1",)))
    assert len(disabled(app)) == 5
    assert {one.judged.disabled_by for one in app.findings_index.found(FindingCriteria(cve="CVE-1"))} == {"r1"}


def test_of_several_rules_the_one_that_was_made_first_is_named_until_it_is_taken_back() -> None:
    app = MemoryApp()
    fleet(app, 1)
    for name in ("r2", "r1", "r3"):
        disable(app, Criteria(("CVE-1",)), name)
    for name in ("r2", "r1", "r3"):
        assert [one.judged.disabled_by for one in app.findings_index.found(EVERYTHING)] == [name]
        app.disable_findings.enable(FindingEnabled(name, "a fix is out", "me"))
    assert [one.judged.disabled_by for one in app.findings_index.found(EVERYTHING)] == [None]


def test_a_finding_that_comes_after_a_rule_is_disabled_by_it() -> None:
    app = MemoryApp()
    disable(app, Criteria(("CVE-2",)))
    app.findings_index.revision()
    fleet(app, 2)
    assert disabled(app) == [(("v2",), "CVE-2")]


@pytest.mark.parametrize("first", [True, False])
def test_a_rule_on_images_disables_findings_of_those_only(first: bool) -> None:
    """Whether the rule comes before the images or after them."""
    app = MemoryApp()
    if first:
        disable(app, Criteria(cves=("CVE-1",), tags=("v[23]",)))
        app.findings_index.revision()
    fleet(app)
    if not first:
        app.findings_index.revision()
        disable(app, Criteria(cves=("CVE-1",), tags=("v[23]",)))
    assert disabled(app) == [(("v2",), "CVE-1"), (("v3",), "CVE-1")]


def test_an_image_that_meets_a_rule_no_longer_is_disabled_no_longer() -> None:
    app = MemoryApp()
    fleet(app, 2)
    disable(app, Criteria(cves=("CVE-1",), tags=("v1",)))
    assert disabled(app) == [(("v1",), "CVE-1")]
    app.record_push(push("moved", 2, 30, tag="v1"))
    app.work()
    assert disabled(app) == [(("v1", "v2"), "CVE-1")]


def test_a_rule_that_was_changed_disables_what_it_says_now_and_is_another_revision() -> None:
    app = MemoryApp()
    fleet(app, 2)
    disable(app, Criteria(("CVE-1",)))
    before = app.findings_index.revision()
    app.disable_findings.change(FindingDisabled("r1", RuleScope(), Criteria(("CVE-2",)), "no", "me", revision=2))
    assert disabled(app) == [(("v2",), "CVE-2")]
    after = app.findings_index.revision()
    assert after != before
    assert len(list(app.findings_index.changes(before))) == 2
