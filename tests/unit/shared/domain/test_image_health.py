"""The health of an image: every value with its reason."""

from datetime import date, timedelta

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import DomainEvent, ImageTagged, Outcome, ScanFailed, ScanRequested, Trigger
from shared.domain.failures import FailureReason
from shared.domain.findings import Finding
from shared.domain.image import fold
from shared.domain.image_health import Health, ImageHealth, image_health, judge, rules_for
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.rules import Rule, RuleScope
from shared.domain.severity import Severity
from tests.support.examples import START, at, completed, digest, finding, image_id, report, stream, summary

TAGGED = ImageTagged("app", "v1", DOCKER_MANIFEST)
ASKED = ScanRequested("scan-1", "app", Trigger.PUSH)
FAILED = ScanFailed("scan-1", FailureReason.LAYER_CORRUPT, "layer 3 is corrupt")
TODAY = START.date()
GAPS = summary(gaps=("no advisories for Alpine v3.20", "no advisories for PyPI"))


def rule(rule_id: str, *cves: str, scope: RuleScope | None = None) -> Rule:
    return Rule(rule_id, scope or RuleScope(), Criteria(cves), "accepted", "me", START)


def health_after(
    *events: DomainEvent,
    findings: tuple[Finding, ...] = (),
    rules: tuple[Rule, ...] = (),
    low: Severity = Severity.LOW,
    on: date = TODAY,
) -> ImageHealth:
    return image_health(image_id(), fold(stream(*events)), judge(report(findings), rules), low, on)


def test_an_image_without_findings_and_gaps_is_healthy() -> None:
    shown = health_after(TAGGED, ASKED, completed())
    assert (shown.health, shown.reason) == (Health.HEALTHY, "")


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((TAGGED,), "not scanned yet"),
        ((TAGGED, ASKED), "scan not finished"),
        ((TAGGED, ASKED, FAILED), "scan failed (layer-corrupt): layer 3 is corrupt"),
        ((TAGGED, ASKED, FAILED, ScanRequested("scan-2", "app", Trigger.PUSH)), "scan not finished"),
        ((TAGGED, ASKED, completed(summary=GAPS)), "no advisories for Alpine v3.20; no advisories for PyPI"),
        ((TAGGED, ASKED, completed(summary=None)), "the scan has no summary"),
    ],
)
def test_an_image_without_a_full_answer_is_not_assessed(events: tuple[DomainEvent, ...], reason: str) -> None:
    shown = health_after(*events)
    assert (shown.health, shown.reason) == (Health.NOT_ASSESSED, reason)


@pytest.mark.parametrize("outcome", [Outcome.UNSUPPORTED, Outcome.ARTIFACT])
def test_an_unsupported_image_says_why(outcome: Outcome) -> None:
    shown = health_after(TAGGED, ASKED, completed(outcome=outcome, reason="windows images"))
    assert (shown.health, shown.reason) == (Health.UNSUPPORTED, "windows images")


@pytest.mark.parametrize(
    "severity", [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.UNKNOWN]
)
def test_a_finding_that_counts_makes_an_image_unhealthy(severity: Severity) -> None:
    shown = health_after(TAGGED, ASKED, completed(), findings=(finding(severity=severity),))
    assert (shown.health, shown.reason) == (Health.UNHEALTHY, "1 open finding of severity low or above")
    assert shown.severities[severity] == 1


def test_a_negligible_finding_leaves_an_image_healthy_and_is_counted() -> None:
    shown = health_after(TAGGED, ASKED, completed(), findings=(finding(severity=Severity.NEGLIGIBLE),))
    assert shown.health is Health.HEALTHY
    assert shown.severities["negligible"] == 1


def test_the_threshold_moves_what_counts_but_unknown_always_does() -> None:
    medium, unknown = finding(severity=Severity.MEDIUM), finding("CVE-2", severity=Severity.UNKNOWN)
    answered = (TAGGED, ASKED, completed())
    assert health_after(*answered, findings=(medium,), low=Severity.HIGH).health is Health.HEALTHY
    shown = health_after(*answered, findings=(medium, unknown), low=Severity.HIGH)
    assert (shown.health, shown.reason) == (Health.UNHEALTHY, "1 open finding of severity high or above")


def test_an_unhealthy_image_with_gaps_is_unhealthy() -> None:
    shown = health_after(TAGGED, ASKED, completed(summary=GAPS), findings=(finding(), finding("CVE-2")))
    assert (shown.health, shown.reason) == (Health.UNHEALTHY, "2 open findings of severity low or above")


def test_an_undetermined_finding_below_the_threshold_keeps_an_image_from_looking_healthy() -> None:
    unread = finding(severity=Severity.NEGLIGIBLE, undetermined="version 1:x cannot be ordered")
    shown = health_after(TAGGED, ASKED, completed(), findings=(unread,))
    assert (shown.health, shown.undetermined) == (Health.NOT_ASSESSED, 1)
    assert "could not be decided" in shown.reason


def test_disabled_findings_count_nowhere_but_in_their_own_number() -> None:
    hits = (finding("CVE-1"), finding("CVE-2", undetermined="odd version"))
    shown = health_after(TAGGED, ASKED, completed(), findings=hits, rules=(rule("r", "CVE-1", "CVE-2"),))
    assert (shown.health, shown.disabled_findings, shown.undetermined) == (Health.HEALTHY, 2, 0)
    assert set(shown.severities.values()) == {0}


AGAIN = ScanRequested("scan-2", "app", Trigger.ADVISORY)
UNREACHABLE = ScanFailed("scan-2", FailureReason.REGISTRY_UNREACHABLE, "no route")


def test_an_image_whose_last_scan_failed_is_no_longer_healthy_until_one_succeeds() -> None:
    shown = health_after(TAGGED, ASKED, completed(), AGAIN, UNREACHABLE)
    assert (shown.health, shown.failure) == (Health.NOT_ASSESSED, FailureReason.REGISTRY_UNREACHABLE)
    assert shown.reason == "scan failed (registry-unreachable): no route; the scan of 2026-11-02 found nothing"
    assert shown.last_scan is not None
    assert shown.last_scan.id == "scan-1"
    third = ScanRequested("scan-3", "app", Trigger.RESCAN)
    shown = health_after(TAGGED, ASKED, completed(), AGAIN, UNREACHABLE, third, completed("scan-3"))
    assert (shown.health, shown.reason) == (Health.HEALTHY, "")


def test_a_failure_after_an_unhealthy_answer_keeps_the_answer_and_shows_the_failure() -> None:
    shown = health_after(TAGGED, ASKED, completed(), AGAIN, UNREACHABLE, findings=(finding(),))
    assert (shown.health, shown.failure) == (Health.UNHEALTHY, FailureReason.REGISTRY_UNREACHABLE)


def test_an_image_stops_being_healthy_when_its_release_ends_after_the_scan() -> None:
    last_day = date(2028, 6, 30)
    assert health_after(TAGGED, ASKED, completed(), on=last_day).health is Health.HEALTHY
    shown = health_after(TAGGED, ASKED, completed(), on=last_day + timedelta(days=1))
    gap = "Debian 12 has been past its end of life since 2028-06-30: no more advisories are published"
    assert (shown.health, shown.reason) == (Health.NOT_ASSESSED, gap)
    told = completed(summary=summary(gaps=(gap,)))
    assert health_after(TAGGED, ASKED, told, on=last_day + timedelta(days=1)).reason == gap


def test_a_failure_after_an_unsupported_answer_is_what_is_shown() -> None:
    unsupported = completed(outcome=Outcome.UNSUPPORTED, reason="windows images", summary=None)
    failed = ScanFailed("scan-2", FailureReason.UNAUTHORIZED, "401")
    shown = health_after(TAGGED, ASKED, unsupported, ScanRequested("scan-2", "app", Trigger.PUSH), failed)
    assert (shown.health, shown.reason) == (Health.NOT_ASSESSED, "scan failed (unauthorized): 401")


def test_an_image_shows_its_names_times_and_platform() -> None:
    shown = health_after(TAGGED, ImageTagged("copy", "v2", DOCKER_MANIFEST), ASKED, completed(charged=True))
    assert (shown.registry, shown.digest, shown.repository) == ("contoso.azurecr.io", digest(1), "app")
    assert (shown.repositories, shown.tags) == (("app", "copy"), ("v1", "v2"))
    assert (shown.first_seen, shown.last_pushed, shown.charged) == (at(0), at(1), True)
    assert shown.platform == "linux/amd64"
    assert shown.os is not None
    assert (shown.os.name, shown.os.version) == ("debian", "12")
    assert not shown.scanning


def test_an_unknown_image_shows_nothing_it_does_not_know() -> None:
    shown = health_after()
    assert (shown.repository, shown.platform, shown.os, shown.last_scan) == ("", "", None, None)


def test_each_finding_names_the_first_rule_that_disables_it() -> None:
    judged = judge(report([finding("CVE-1"), finding("CVE-2")]), [rule("a", "CVE-1"), rule("b", "CVE-1")])
    assert [one.disabled_by for one in judged] == ["a", None]
    assert judge(None, [rule("a", "CVE-1")]) == ()


def test_rules_hold_in_their_scope_only() -> None:
    state = fold(stream(TAGGED))
    scopes = {
        "everywhere": RuleScope(),
        "registry": RuleScope(registry="contoso.azurecr.io"),
        "other registry": RuleScope(registry="fabrikam.azurecr.io"),
        "repository": RuleScope("contoso.azurecr.io", "app"),
        "other repository": RuleScope(repository="copy"),
        "image": RuleScope(digest=digest(1)),
        "other image": RuleScope(digest=digest(2)),
    }
    rules = [rule(name, "CVE-1", scope=scope) for name, scope in scopes.items()]
    holding = [one.id for one in rules_for(image_id(), state, rules)]
    assert holding == ["everywhere", "registry", "repository", "image"]
