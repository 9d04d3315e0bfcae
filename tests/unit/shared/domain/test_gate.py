"""The gate for pipelines: what passes, what does not, and that nothing passes in silence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.criteria import Criteria
from shared.domain.events import DomainEvent, ImageDeleted, ImageTagged, Outcome, ScanFailed, ScanRequested, Trigger
from shared.domain.failures import FailureReason
from shared.domain.findings import Finding, FixStatus
from shared.domain.gate import Decision, GatePolicy, ImageVerdict, Leniency, judge_image, judge_together
from shared.domain.image import fold
from shared.domain.image_health import Health, image_health, judge
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.packages import Distribution
from shared.domain.rules import Rule, RuleScope
from shared.domain.severity import Severity
from tests.support.examples import START, completed, digest, finding, image_id, report, stream, summary

TODAY = START.date()
TAGGED = ImageTagged("app", "v1", DOCKER_MANIFEST)
ASKED = ScanRequested("scan-1", "app", Trigger.PUSH)
AGAIN = ScanRequested("scan-2", "app", Trigger.ADVISORY)
FAILED = ScanFailed("scan-1", FailureReason.LAYER_CORRUPT, "layer 3 is corrupt")
FAILED_AGAIN = ScanFailed("scan-2", FailureReason.UNAUTHORIZED, "401")
UNSUPPORTED = completed(outcome=Outcome.UNSUPPORTED, reason="windows")
GAPS = completed(summary=summary(gaps=("no advisories for npm",)))
ENDED = completed(distribution=Distribution("debian", "8", "Debian 8"))
SCANNED = (TAGGED, ASKED, completed())
EVERYTHING = frozenset(Leniency)


def decide(
    *events: DomainEvent,
    findings: tuple[Finding, ...] = (),
    policy: GatePolicy | None = None,
    rules: tuple[Rule, ...] = (),
) -> ImageVerdict:
    judged = judge(report(findings), rules)
    return judge_image(digest(1), fold(stream(*events)), judged, policy or GatePolicy(), TODAY)


def test_an_image_without_findings_and_gaps_passes() -> None:
    said = decide(*SCANNED)
    assert (said.verdict, said.reason, said.platform) == (Decision.PASSED, "", "linux/amd64")


@pytest.mark.parametrize("most", [one for one in Severity if one is not Severity.UNKNOWN])
@pytest.mark.parametrize("severity", list(Severity))
def test_the_highest_severity_that_may_pass_passes_and_what_is_above_does_not(
    most: Severity, severity: Severity
) -> None:
    order = [Severity.NEGLIGIBLE, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    passes = most is Severity.CRITICAL if severity is Severity.UNKNOWN else order.index(severity) <= order.index(most)
    said = decide(*SCANNED, findings=(finding(severity=severity),), policy=GatePolicy(most))
    assert said.verdict is (Decision.PASSED if passes else Decision.FAILED)


def test_a_finding_without_a_severity_passes_only_if_it_may() -> None:
    unrated = (finding(severity=Severity.UNKNOWN),)
    strict, lenient = GatePolicy(Severity.HIGH), GatePolicy(Severity.HIGH, allow=frozenset({Leniency.UNKNOWN}))
    assert decide(*SCANNED, findings=unrated, policy=strict).verdict is Decision.FAILED
    assert decide(*SCANNED, findings=unrated, policy=lenient).verdict is Decision.PASSED


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (FixStatus.FIXED, Decision.FAILED),
        (FixStatus.UNKNOWN, Decision.FAILED),
        (FixStatus.NOT_FIXED, Decision.PASSED),
        (FixStatus.WILL_NOT_FIX, Decision.PASSED),
    ],
)
def test_what_nobody_can_fix_may_be_left_out(status: FixStatus, verdict: Decision) -> None:
    hit = (finding(fix_status=status),)
    assert decide(*SCANNED, findings=hit, policy=GatePolicy(fixable_only=True)).verdict is verdict
    assert decide(*SCANNED, findings=hit).verdict is Decision.FAILED


def test_disabled_findings_do_not_count() -> None:
    rule = Rule("r1", RuleScope(), Criteria(("CVE-1",)), "accepted", "me", START)
    hits = (finding("CVE-1", Severity.CRITICAL), finding("CVE-2", Severity.LOW))
    said = decide(*SCANNED, findings=hits, rules=(rule,))
    assert [one.flaw for one in said.findings] == ["CVE-2"]
    assert decide(*SCANNED, findings=hits[:1], rules=(rule,)).verdict is Decision.PASSED


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((), "no push of the image is known yet"),
        ((TAGGED, ASKED), "a scan is not finished"),
        ((*SCANNED, AGAIN), "a scan is not finished"),
        ((*SCANNED, ImageDeleted("app")), "the image was deleted, and no push of it is known since"),
    ],
)
def test_as_long_as_an_answer_is_on_its_way_the_gate_waits_whatever_may_pass(
    events: tuple[DomainEvent, ...], reason: str
) -> None:
    said = decide(*events, policy=GatePolicy(Severity.CRITICAL, allow=EVERYTHING))
    assert (said.verdict, said.reason) == (Decision.PENDING, reason)


@pytest.mark.parametrize(
    ("events", "leniency", "reason"),
    [
        ((TAGGED,), Leniency.NOT_ASSESSED, "not scanned yet"),
        ((TAGGED, ASKED, FAILED), Leniency.NOT_ASSESSED, "layer 3 is corrupt"),
        ((TAGGED, ASKED, GAPS), Leniency.NOT_ASSESSED, "no advisories for npm"),
        ((TAGGED, ASKED, ENDED), Leniency.NOT_ASSESSED, "end of life"),
        ((*SCANNED, AGAIN, FAILED_AGAIN), Leniency.NOT_ASSESSED, "401"),
        ((TAGGED, ASKED, UNSUPPORTED, AGAIN, FAILED_AGAIN), Leniency.NOT_ASSESSED, "401"),
        ((TAGGED, ASKED, UNSUPPORTED), Leniency.UNSUPPORTED, "windows"),
    ],
)
def test_what_is_not_known_to_be_good_fails_unless_a_policy_lets_it_pass(
    events: tuple[DomainEvent, ...], leniency: Leniency, reason: str
) -> None:
    loose = GatePolicy(Severity.CRITICAL, fixable_only=True)
    others = GatePolicy(Severity.CRITICAL, allow=EVERYTHING - {leniency})
    allowed = GatePolicy(allow=frozenset({leniency}))
    assert decide(*events, policy=loose).verdict is Decision.FAILED
    assert decide(*events, policy=others).verdict is Decision.FAILED
    said = decide(*events, policy=allowed)
    assert said.verdict is Decision.PASSED
    assert said.reason.startswith(leniency)
    assert reason in said.reason


def test_a_finding_that_is_known_fails_also_where_unknown_things_may_pass() -> None:
    said = decide(TAGGED, ASKED, GAPS, findings=(finding(),), policy=GatePolicy(allow=EVERYTHING))
    assert said.verdict is Decision.FAILED


def test_a_finding_that_could_not_be_decided_is_taken_for_a_hit() -> None:
    hit = (finding(severity=Severity.HIGH, undetermined="its version cannot be read"),)
    assert decide(*SCANNED, findings=hit, policy=GatePolicy(Severity.MEDIUM)).verdict is Decision.FAILED
    assert decide(*SCANNED, findings=hit, policy=GatePolicy(Severity.HIGH)).verdict is Decision.PASSED


def test_all_findings_are_counted_and_the_first_are_listed() -> None:
    said = decide(*SCANNED, findings=tuple(finding(f"CVE-{number}") for number in range(30)))
    assert said.severities == {Severity.HIGH: 30}
    assert len(said.findings) == 20
    assert said.reason == "30 open findings of severity above negligible or unknown"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.sampled_from(
        [SCANNED, (TAGGED,), (TAGGED, ASKED), (TAGGED, ASKED, GAPS), (TAGGED, ASKED, FAILED), (*SCANNED, AGAIN)]
    ),
    st.lists(st.sampled_from(Severity), max_size=3),
)
def test_what_passes_the_strictest_gate_is_healthy(events: tuple[DomainEvent, ...], severities: list[Severity]) -> None:
    hits = tuple(finding(f"CVE-{number}", severity) for number, severity in enumerate(severities))
    state = fold(stream(*events))
    shown = image_health(image_id(), state, judge(report(hits), ()), Severity.LOW, TODAY)
    passed = decide(*events, findings=hits).verdict is Decision.PASSED
    assert passed == (shown.health is Health.HEALTHY and not shown.scanning)


def test_an_index_passes_only_if_all_its_images_do() -> None:
    good, bad, open_scan = decide(*SCANNED), decide(*SCANNED, findings=(finding(),)), decide(TAGGED, ASKED)
    assert judge_together([good, good]).verdict is Decision.PASSED
    assert judge_together([good, open_scan]).verdict is Decision.PENDING
    assert judge_together([open_scan, bad, good]).verdict is Decision.FAILED
    assert judge_together([open_scan, bad, good]).reason == bad.reason


def test_an_index_of_nothing_fails() -> None:
    assert judge_together([]).verdict is Decision.FAILED
