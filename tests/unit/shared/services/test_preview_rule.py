"""What a rule would do, held against what it then does."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.image_health import Health
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp

FLAWS = (
    finding("CVE-1", Severity.HIGH),
    finding("CVE-2", Severity.LOW, of=package("zlib")),
    finding("CVE-3", Severity.UNKNOWN),
)


def rule(rule_id: str = "r1", **changes: object) -> FindingDisabled:
    fields = {"scope": RuleScope(), "criteria": Criteria(("CVE-1",)), "reason": "accepted", "author": "me"}
    return FindingDisabled(rule_id, **{**fields, **changes})  # type: ignore[arg-type]


def installation() -> MemoryApp:
    """Three images: with all flaws, with one, and with none."""
    app = MemoryApp()
    for number, flaws in enumerate((FLAWS, FLAWS[:1], ()), start=1):
        app.world.advisories = MemoryAdvisories(report=report(flaws))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
    return app


def test_only_images_that_a_rule_would_change_are_listed_those_that_change_most_first() -> None:
    told = installation().preview_rule(rule(criteria=Criteria(severity_below=Severity.CRITICAL)))
    assert (told.findings, told.images, told.become_healthy) == (3, 2, 1)
    assert [(one.tags, one.hidden, one.health_then) for one in told.value] == [
        (("v1",), 2, Health.UNHEALTHY),
        (("v2",), 1, Health.HEALTHY),
    ]


def test_a_rule_that_is_narrowed_opens_findings_again() -> None:
    app = installation()
    app.disable_findings.disable(rule())
    app.work()
    told = app.preview_rule(rule(criteria=Criteria(("CVE-1",), tags=("v1",)), revision=2))
    assert (told.findings, told.reopened, told.images, told.become_unhealthy) == (0, 1, 1, 1)


def test_what_another_rule_hides_already_is_not_counted() -> None:
    app = installation()
    app.disable_findings.disable(rule())
    app.work()
    assert app.preview_rule(rule("r2")).findings == 0


CRITERIA = st.builds(
    Criteria,
    cves=st.sampled_from([(), ("CVE-1",), ("CVE-1", "CVE-3"), ("CVE-9",)]),
    severity_below=st.sampled_from([None, Severity.HIGH, Severity.CRITICAL]),
    text=st.sampled_from(["", "upgrade zlib"]),
    tags=st.sampled_from([(), ("v1",), ("v*",), ("x",)]),
    repositories=st.sampled_from([(), ("team/app",), ("other",)]),
    os_releases=st.sampled_from([(), ("debian 12",), ("alpine",)]),
).filter(lambda criteria: not criteria.empty)


@settings(max_examples=25, deadline=None)
@given(st.lists(CRITERIA, min_size=1, max_size=3))
def test_what_a_preview_says_is_what_then_happens(chosen: list[Criteria]) -> None:
    app = installation()
    for number, criteria in enumerate(chosen):
        made = rule(f"r{number}", criteria=criteria)
        before = {about: row.answer.health for about, row in app.images.all()}
        told = app.preview_rule(made)
        app.disable_findings.disable(made)
        app.work()
        after = {about: row.answer.health for about, row in app.images.all()}
        assert told.findings == sum(after[one].disabled_findings - before[one].disabled_findings for one in after)
        listed = {one.digest: (one.health, one.health_then) for one in told.value}
        changed = {
            about.digest: (before[about].health, after[about].health)
            for about in after
            if before[about] != after[about]
        }
        assert listed == changed
        assert msgspec.json.encode(told)
