"""Images, findings and events as the native API shows them."""

import msgspec

from shared.api.images import findings_body, history_body, image_body
from shared.domain.events import ImageTagged
from shared.domain.health_causes import Cause, CauseKind, RuleExpired
from shared.domain.health_history import HealthChange, HistoryEntry
from shared.domain.image_health import Health, JudgedFinding
from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.examples import START, finding, push, recorded
from tests.support.memory_app import MemoryApp


def test_an_image_is_shown_with_every_name_of_the_contract() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    shown = image_body(app.health())
    contract = (
        "registry repository tags digest platform os health reason severities disabledFindings firstSeen lastPushed "
        "lastPulled lastScan charged"
    )
    assert set(contract.split()) <= set(shown)
    assert set(shown["os"]) == {"name", "version"}
    assert set(shown["lastScan"]) == {"id", "time", "trigger", "advisorySnapshot"}
    assert shown["firstSeen"] == "2026-11-02T10:00:00Z"
    assert shown["health"] == "healthy"


def test_a_finding_is_shown_with_every_name_of_the_contract() -> None:
    [shown] = findings_body([JudgedFinding(finding(), "rule-1")])
    contract = (
        "id cve aliases package severity ratings cvss published fixedVersion fixStatus remediation references "
        "undetermined disabledBy"
    )
    assert set(contract.split()) <= set(shown)
    package = "name version source sourceVersion ecosystem purl path layer"
    assert set(shown["package"]) == set(package.split())
    assert shown["disabledBy"] == "rule-1"


def test_an_event_is_shown_with_every_name_of_the_contract() -> None:
    entry = HistoryEntry("image", recorded(3, ImageTagged("app", "v1", DOCKER_MANIFEST)), None)
    [shown] = history_body([entry])
    assert {"version", "type", "time", "actor", "cause", "data"} <= set(shown)
    assert (shown["version"], shown["type"]) == (3, "image-tagged")
    assert shown["data"]["mediaType"] == DOCKER_MANIFEST
    assert (shown["stream"], shown["health"]) == ("image", None)
    msgspec.json.encode(shown)


def test_a_change_of_health_is_shown_with_its_causes() -> None:
    because = (Cause(CauseKind.RULE_EXPIRED, "rule r1 expired"),)
    change = HealthChange(Health.HEALTHY, Health.UNHEALTHY, "1 open finding", because, (), 0)
    [shown] = history_body([HistoryEntry("rules", recorded(1, RuleExpired("r1", START)), change)])
    assert (shown["type"], shown["data"]) == ("rule-expired", {"ruleId": "r1", "expired": "2026-11-02T10:00:00Z"})
    assert msgspec.json.decode(msgspec.json.encode(shown["health"])) == {
        "from": "healthy",
        "to": "unhealthy",
        "reason": "1 open finding",
        "because": [{"kind": "rule-expired", "what": "rule r1 expired"}],
        "findings": [],
        "findingCount": 0,
    }
