"""Disable rules, rescans of what is in use, and answers as of a time in the past."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryPull
from shared.domain.rule_book import InvalidRule
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.services.query_images import ImageFilter
from shared.services.record_pull import RecordPull
from shared.services.walk import AT_ONCE
from tests.support.made_images import debian_advisory, debian_image, write_feed
from tests.support.service import Service

OLD = debian_image({"openssl": "3.0.11-1", "zlib": "1:1.2.13-1"})


def rule(criteria: Criteria, scope: RuleScope | None = None, expires: datetime | None = None) -> FindingDisabled:
    return FindingDisabled("rule-1", scope or RuleScope(), criteria, "not reachable", "sam@contoso.example", expires)


def test_a_rule_takes_findings_out_of_health_and_taking_it_back_brings_them_back(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}))
    service.drain()
    service.app.disable_findings.disable(rule(Criteria(cves=("cve-2026-1000",))))
    service.drain()
    disabled = service.image(digest)
    service.app.disable_findings.enable(FindingEnabled("rule-1", "a fix is out", "sam@contoso.example"))
    service.drain()

    assert (disabled.health, disabled.disabled_findings) == (Health.HEALTHY, 1)
    assert (service.image(digest).health, service.image(digest).disabled_findings) == (Health.UNHEALTHY, 0)


def test_a_disabled_finding_stays_visible_with_the_rule_that_hides_it(service: Service) -> None:
    digest = service.pushed("team/app", OLD)
    service.drain()
    service.app.disable_findings.disable(rule(Criteria(severity_below=Severity.HIGH)))
    service.drain()

    findings = service.app.query_images.findings(ImageId(service.host, digest), None)

    assert {one.finding.cve: one.disabled_by for one in findings} == {
        "CVE-2026-1000": None,
        "CVE-2026-2000": "rule-1",
    }


def test_a_rule_holds_only_in_its_scope(service: Service) -> None:
    image = debian_image({"openssl": "3.0.11-1"})
    other = debian_image({"openssl": "3.0.11-1", "bash": "5"})
    inside, outside = service.pushed("team/app", image), service.pushed("other/app", other)
    service.drain()
    service.app.disable_findings.disable(rule(Criteria(cves=("CVE-2026-1000",)), RuleScope(repository="team/app")))
    service.drain()

    assert service.image(inside).health is Health.HEALTHY
    assert service.image(outside).health is Health.UNHEALTHY


def test_a_rule_that_says_nothing_is_refused(service: Service) -> None:
    with pytest.raises(InvalidRule, match="criterion"):
        service.app.disable_findings.disable(rule(Criteria()))


def disabled_for_a_moment(service: Service, digest: str) -> tuple[Health, datetime]:
    """Disable a finding for as long as this machine takes to see it; return the image's health, and when that ends."""
    for seconds in (2, 8, 32, 128):
        expires = datetime.now(UTC) + timedelta(seconds=seconds)
        short = msgspec.structs.replace(rule(Criteria(cves=("CVE-2026-1000",)), expires=expires), rule_id=f"r{seconds}")
        service.app.disable_findings.disable(short)
        service.drain()
        health = service.image(digest).health
        if datetime.now(UTC) < expires:
            return health, expires
    raise AssertionError("the health was never seen before the rule's end")


def test_findings_count_again_when_a_rule_expires(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}))
    service.drain()
    during, expires = disabled_for_a_moment(service, digest)
    time.sleep(max(0.0, (expires - datetime.now(UTC)).total_seconds()) + 0.05)
    service.app.pass_on_rules.expired()
    service.drain()

    assert during is Health.HEALTHY
    assert service.image(digest).health is Health.UNHEALTHY


def test_new_advisories_are_matched_with_stored_inventories_without_a_pull(service: Service) -> None:
    from local.images.push import delete_manifest

    digest = service.pushed("team/app", debian_image({"bash": "5.2-1"}))
    service.drain()
    before = service.image(digest).health
    delete_manifest(f"http://{service.host}", "team/app", digest)
    write_feed(service.osv, "Debian", [debian_advisory("CVE-2026-3000", "bash", "5.2-2")])
    service.app.refresh_advisories()
    service.drain()

    assert before is Health.HEALTHY
    assert service.image(digest).health is Health.UNHEALTHY
    assert service.event_types(digest)[-2:] == ["ScanRequested", "ScanCompleted"]
    assert service.charges() == [digest]


def test_the_weekly_rescan_takes_what_was_pulled_and_not_scanned_for_a_week(service: Service) -> None:
    from dataclasses import replace

    pulled, idle = service.pushed("team/app", OLD), service.pushed("team/idle", debian_image({"bash": "5"}))
    service.drain()
    _pull(service, pulled, datetime.now(UTC))
    service.drain()
    # However slow the machine is: in time for what is seen at once, and in one week of the calendar.
    walker = replace(service.app.walker, at_once=AT_ONCE._replace(span=timedelta(minutes=10)))
    now = datetime.now(UTC)
    rescan = replace(service.app.rescan, walker=walker)
    in_a_week = replace(rescan, now=lambda: now + timedelta(days=7))
    in_two_months = replace(rescan, now=lambda: now + timedelta(days=60))

    assert rescan.weekly() == 0
    assert in_two_months.weekly() == 0
    assert in_a_week.weekly() == 1
    assert in_a_week.weekly() == 0
    service.drain()
    assert service.event_types(pulled)[-2:] == ["ScanRequested", "ScanCompleted"]
    assert service.event_types(idle).count("ScanRequested") == 1


def test_a_pull_is_noted_once_a_day(service: Service) -> None:
    digest = service.pushed("team/app", OLD)
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    for at in (now, now + timedelta(hours=1), now + timedelta(days=1)):
        _pull(service, digest, at)
    service.drain()

    assert service.event_types(digest).count("ImagePulled") == 2
    assert service.image(digest).last_pulled == now + timedelta(days=1)


def test_as_of_a_time_everything_is_answered_as_it_was_then(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}), "1.0")
    service.drain()
    live_1, time_1 = service.images(), datetime.now(UTC)
    service.app.disable_findings.disable(rule(Criteria(cves=("CVE-2026-1000",))))
    service.drain()
    live_2, time_2 = service.images(), datetime.now(UTC)
    service.deliver(service.delete_event("team/app", digest))
    service.drain()
    query = service.app.query_images

    def as_of(at: datetime) -> list[object]:
        return [answer.health for answer in query.images_matching(ImageFilter(), at)]

    assert as_of(datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert as_of(time_1) == live_1
    assert as_of(time_2) == live_2
    assert as_of(datetime.now(UTC)) == []
    assert [one.disabled_by for one in query.findings(ImageId(service.host, digest), time_1)] == [None]
    assert [one.disabled_by for one in query.findings(ImageId(service.host, digest), time_2)] == ["rule-1"]


def _pull(service: Service, digest: str, at: datetime) -> None:
    pull = RegistryPull(f"pull-{at.isoformat()}", service.host, "team/app", digest, None, OLD.media_type, at, "kubelet")
    RecordPull(service.app.log, service.app.transactor, service.app.plan)(pull)
