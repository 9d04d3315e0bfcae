"""The gate over HTTP: its status codes are what a pipeline acts on."""

from datetime import timedelta
from typing import Any

import pytest

from functions import gate, images
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.media_types import OCI_INDEX
from shared.domain.packages import Platform
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, deletion, digest, finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, index_manifest
from tests.support.triggers import ask, ask_raw

ONE = {"registry": REGISTRY, "digest": digest(1)}
INDEX = {"registry": REGISTRY, "digest": digest(9)}


def asked(query: str = "", route: dict[str, str] = ONE) -> tuple[int, Any]:
    return ask(gate.get_gate, f"/?{query}", route=route)


def scanned(app: MemoryApp, *severities: Severity, gaps: tuple[str, ...] = ()) -> None:
    hits = [finding(f"CVE-{number}", severity) for number, severity in enumerate(severities)]
    app.world.advisories = MemoryAdvisories(report=report(hits, gaps))
    app.record_push(push("e1"))
    app.work()


def test_an_image_without_findings_passes(app: MemoryApp) -> None:
    scanned(app)
    status, body = asked()
    assert (status, body["verdict"], body["max"], body["allow"]) == (200, "passed", "negligible", [])
    assert "error" not in body


@pytest.mark.parametrize(("most", "status"), [("critical", 200), ("high", 200), ("medium", 409), ("negligible", 409)])
def test_max_is_the_highest_severity_that_may_pass(app: MemoryApp, most: str, status: int) -> None:
    scanned(app, Severity.HIGH)
    assert asked(f"max={most}")[0] == status


def test_what_fails_says_why_and_names_the_findings(app: MemoryApp) -> None:
    scanned(app, Severity.CRITICAL, Severity.LOW)
    status, body = asked("max=high")
    assert (status, body["verdict"]) == (409, "failed")
    assert body["error"] == {"code": "GateFailed", "message": body["reason"]}
    [image] = body["images"]
    assert image["severities"] == {"critical": 1}
    assert [(one["flaw"], one["package"]) for one in image["findings"]] == [("CVE-0", "openssl")]


def test_before_the_push_is_known_and_while_the_scan_runs_a_pipeline_is_told_to_ask_again(app: MemoryApp) -> None:
    for _ in range(2):
        answer = ask_raw(gate.get_gate, route=ONE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        app.record_push(push("e1"))
    app.work()
    assert asked()[0] == 200


def test_the_verdict_does_not_wait_for_the_projection(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    for message in app.scans_queue.take():
        app.run_scan(message, last_attempt=True)  # type: ignore[arg-type]
    assert ask(images.get_image, route=ONE)[0] == 404
    assert asked()[0] == 200


def test_a_failed_scan_fails_unless_it_may_pass(app: MemoryApp) -> None:
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push("e1"))
    app.work()
    assert asked("max=critical")[0] == 409
    assert asked("allow=not-assessed")[0] == 200


def test_gaps_fail_unless_they_may_pass(app: MemoryApp) -> None:
    scanned(app, gaps=("no advisories for npm",))
    assert asked("max=critical&fixableOnly=true")[0] == 409
    assert asked("allow=unsupported,not-assessed")[0] == 200


def test_an_unsupported_image_fails_unless_it_may_pass(app: MemoryApp) -> None:
    app.world.registry.platform = Platform("windows", "amd64")
    scanned(app)
    status, body = asked("max=critical")
    assert status == 409
    assert body["reason"].startswith("unsupported: windows")
    assert asked("allow=unsupported")[0] == 200


def test_an_image_that_was_deleted_passes_only_when_it_is_pushed_again(app: MemoryApp) -> None:
    scanned(app)
    app.receive_event.record_deletion(deletion(minute=1))
    assert asked("max=critical&allow=not-assessed,unsupported,unknown")[0] == 503
    app.record_push(push("e2", minute=2))
    app.work()
    assert asked()[0] == 200


@pytest.mark.parametrize(("repository", "status"), [("app", 200), ("other", 409)])
def test_a_rule_lets_pass_what_lies_in_its_scope(app: MemoryApp, repository: str, status: int) -> None:
    scanned(app, Severity.CRITICAL)
    scope = RuleScope(repository=repository)
    app.disable_findings.disable(FindingDisabled("r1", scope, Criteria(("CVE-0",)), "accepted", "sam"))
    assert asked()[0] == status


def test_a_rule_that_has_expired_lets_nothing_pass(app: MemoryApp) -> None:
    scanned(app, Severity.CRITICAL)
    expires = app.world.clock() + timedelta(hours=1)
    rule = FindingDisabled("r1", RuleScope(), Criteria(("CVE-0",)), "accepted", "sam", expires)
    app.disable_findings.disable(rule)
    assert asked()[0] == 200
    app.world.clock.forward(hours=2)
    assert asked()[0] == 409


def test_an_index_is_judged_by_all_its_images(app: MemoryApp) -> None:
    manifest = index_manifest(9, 1, 2)
    app.world.registry.manifests[digest(9)] = manifest
    app.world.advisories = MemoryAdvisories(report=report([finding()]))
    app.record_push(push("e9", 9, media_type=OCI_INDEX))
    assert asked(route=INDEX)[0] == 503
    app.work()
    status, body = asked(route=INDEX)
    assert (status, [one["digest"] for one in body["images"]]) == (409, [digest(1), digest(2)])
    assert asked("max=high", INDEX)[0] == 200


def test_an_index_that_cannot_be_read_fails(app: MemoryApp) -> None:
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push("e9", 9, media_type=OCI_INDEX))
    app.work()
    assert asked("max=critical", INDEX)[0] == 409
    assert asked("allow=not-assessed", INDEX)[0] == 200


def test_an_index_that_was_deleted_passes_only_when_it_is_pushed_again(app: MemoryApp) -> None:
    app.world.registry.manifests[digest(9)] = index_manifest(9, 1, 2)
    for event_id, repository in (("e1", "app"), ("e2", "mirror")):
        app.record_push(push(event_id, 9, repository=repository, media_type=OCI_INDEX))
    app.work()
    app.receive_event.record_deletion(deletion("d1", 9, minute=1))
    assert asked(route=INDEX)[0] == 200  # it is still in the other repository
    app.receive_event.record_deletion(deletion("d2", 9, minute=1, repository="mirror"))
    assert asked("max=critical&allow=not-assessed,unsupported,unknown", INDEX)[0] == 503
    app.record_push(push("e3", 9, minute=2, media_type=OCI_INDEX))
    app.work()
    assert asked(route=INDEX)[0] == 200


def test_a_registry_that_nobody_watches_is_refused_at_once(app: MemoryApp) -> None:
    status, body = asked(route={**ONE, "registry": "fabrikam.azurecr.io"})
    assert (status, body["error"]["code"]) == (403, "RegistryNotAllowed")


@pytest.mark.parametrize(
    "query", ["max=unknown", "max=severe", "max=HIGH", "fixableOnly=yes", "allow=anything", "allow=unknown,x"]
)
def test_a_policy_that_cannot_be_used_is_a_bad_request(app: MemoryApp, query: str) -> None:
    scanned(app)
    status, body = asked(query)
    assert (status, body["error"]["code"]) == (400, "InvalidParameter")
