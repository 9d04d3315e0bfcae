"""Exports over HTTP: files with the right type and name, whole, and an error where there is nothing to tell."""

import json
from collections.abc import Callable

import azure.functions as func
import pytest

from functions import exports
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Platform
from shared.domain.rules import RuleScope
from tests.support.examples import REGISTRY, deletion, digest, finding, image_id, push, report
from tests.support.formats.cyclonedx import assert_cyclonedx
from tests.support.formats.sarif import assert_sarif
from tests.support.formats.spdx import assert_spdx
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask, ask_raw

type Trigger = Callable[..., func.HttpResponse]

ONE = {"registry": REGISTRY, "digest": digest(1)}
OF_ONE_IMAGE = (exports.get_sbom, exports.get_sarif, exports.get_findings_table)


def scanned(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2")]))
    app.record_push(push("e1"))
    app.work()


def text(trigger: Trigger, path: str = "/") -> str:
    answer = ask_raw(trigger, path, route=ONE)
    assert answer.status_code == 200
    return answer.get_body().decode()


def disable(app: MemoryApp, flaw: str) -> None:
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria((flaw,)), "not reachable", "sam"))


@pytest.mark.parametrize(
    ("trigger", "query", "media_type", "suffix"),
    [
        (exports.get_sbom, "", "application/vnd.cyclonedx+json; version=1.6", "cdx.json"),
        (exports.get_sbom, "?format=cyclonedx", "application/vnd.cyclonedx+json; version=1.6", "cdx.json"),
        (exports.get_sbom, "?format=spdx", "application/spdx+json", "spdx.json"),
        (exports.get_sarif, "", "application/sarif+json", "sarif"),
        (exports.get_findings_table, "", "text/csv; charset=utf-8; header=present", "csv"),
    ],
)
def test_an_export_is_a_file_of_its_type(
    app: MemoryApp, trigger: Trigger, query: str, media_type: str, suffix: str
) -> None:
    scanned(app)
    answer = ask_raw(trigger, f"/{query}", route=ONE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    name = digest(1).replace(":", "-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.{suffix}"'


def test_every_format_tells_the_same_findings_and_what_is_disabled(app: MemoryApp) -> None:
    scanned(app)
    disable(app, "CVE-2")
    bom, log = json.loads(text(exports.get_sbom)), json.loads(text(exports.get_sarif))
    spdx, table = json.loads(text(exports.get_sbom, "/?format=spdx")), text(exports.get_findings_table).splitlines()
    assert_cyclonedx(bom)
    assert_spdx(spdx)
    assert_sarif(log)
    assert [("analysis" in one) for one in bom["vulnerabilities"]] == [False, True]
    assert [bool(one["suppressions"]) for one in log["runs"][0]["results"]] == [False, True]
    assert ["r1" in line for line in table[1:]] == [False, True]


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_asked_again_it_is_the_same_to_the_byte(app: MemoryApp, trigger: Trigger) -> None:
    scanned(app)
    before = text(trigger)
    app.world.clock.forward(days=3)
    assert text(trigger) == before


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_as_of_a_time_it_is_as_it_was(app: MemoryApp, trigger: Trigger) -> None:
    scanned(app)
    before, moment = text(trigger), app.world.clock().isoformat()
    app.world.clock.forward(minutes=1)
    disable(app, "CVE-1")
    assert text(trigger) != before
    assert text(trigger, f"/?asOf={moment}") == before


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_a_scan_that_has_just_ended_is_told_before_it_is_projected(app: MemoryApp, trigger: Trigger) -> None:
    app.record_push(push("e1"))
    for message in app.scans_queue.take():
        app.run_scan(message, last_attempt=True)  # type: ignore[arg-type]
    assert app.images.get(image_id()) is None
    assert text(trigger)


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_without_a_scan_there_is_nothing_to_export(app: MemoryApp, trigger: Trigger) -> None:
    app.record_push(push("e1"))
    status, body = ask(trigger, route=ONE)
    assert (status, body["error"]["code"]) == (409, "NotScanned")


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_a_failed_first_scan_leaves_nothing_to_export(app: MemoryApp, trigger: Trigger) -> None:
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push("e1"))
    app.work()
    assert ask(trigger, route=ONE)[0] == 409


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_an_unsupported_image_has_no_findings_to_export_and_says_why(app: MemoryApp, trigger: Trigger) -> None:
    app.world.registry.platform = Platform("windows", "amd64")
    app.record_push(push("e1"))
    app.work()
    status, body = ask(trigger, route=ONE)
    assert (status, body["error"]["code"]) == (409, "NotScanned")
    assert "windows" in body["error"]["message"]


@pytest.mark.parametrize("trigger", OF_ONE_IMAGE)
def test_an_image_that_is_not_there_is_not_found(app: MemoryApp, trigger: Trigger) -> None:
    assert ask(trigger, route=ONE)[1]["error"]["code"] == "ImageNotFound"
    scanned(app)
    app.receive_event.record_deletion(deletion())
    assert ask(trigger, route=ONE)[1]["error"]["code"] == "ImageNotFound"


@pytest.mark.parametrize("query", ["format=pdf", "format=CycloneDX", "asOf=yesterday"])
def test_a_query_that_cannot_be_used_is_a_bad_request(app: MemoryApp, query: str) -> None:
    scanned(app)
    status, body = ask(exports.get_sbom, f"/?{query}", route=ONE)
    assert (status, body["error"]["code"]) == (400, "InvalidParameter")


def test_the_images_are_a_table_narrowed_like_the_list(app: MemoryApp) -> None:
    scanned(app)
    assert digest(1) in text(exports.get_images_table, "/api/images.csv?health=unhealthy")
    assert digest(1) not in text(exports.get_images_table, "/api/images.csv?health=healthy")
    assert ask(exports.get_images_table, "/api/images.csv?health=fine")[0] == 400
