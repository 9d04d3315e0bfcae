"""Images, findings and events as the native API shows them."""

import msgspec

from shared.api.images import findings_body, history_body, image_body
from shared.domain.events import ImageTagged
from shared.domain.image_health import JudgedFinding
from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.examples import finding, push, recorded
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
    [shown] = history_body([recorded(3, ImageTagged("app", "v1", DOCKER_MANIFEST))])
    assert {"version", "type", "time", "actor", "cause", "data"} <= set(shown)
    assert (shown["version"], shown["type"]) == (3, "image-tagged")
    assert shown["data"]["mediaType"] == DOCKER_MANIFEST
    msgspec.json.encode(shown)
