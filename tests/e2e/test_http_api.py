"""The HTTP API of the running product: the real host, storage, registry and sample images, asked as a client would."""

from __future__ import annotations

import json
import sys
import uuid
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.http_api import Api, Json
from tests.support.local_start import LocalStart
from tests.support.made_images import CRITICAL, debian_advisory, write_feed
from tests.support.service import TOPIC

UNKNOWN_DIGEST = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStart]:
    folder = tmp_path_factory.mktemp("api")
    write_feed(
        folder / "osv", "Debian", [debian_advisory("CVE-2026-1000", "openssl", "3.0.15-1", score_vector=CRITICAL)]
    )
    settings = {"OSV_BASE": str(folder / "osv"), "OSV_ECOSYSTEMS": "Debian"}
    with LocalStart(folder, [sys.executable, "-m", "local"], settings) as running:
        running.run().await_output("Images: 6")
        yield running


@pytest.fixture
def api(start: LocalStart) -> Api:
    return Api(start)


def test_an_image_has_every_field_of_the_contract(api: Api) -> None:
    image = api.shop()

    assert set(image) >= {
        *("registry", "repository", "tags", "digest", "platform", "os", "health", "reason", "severities"),
        *("disabledFindings", "firstSeen", "lastPushed", "lastPulled", "lastScan", "charged"),
    }
    assert set(image["severities"]) == {"critical", "high", "medium", "low", "negligible", "unknown"}
    assert set(image["lastScan"]) == {"id", "time", "trigger", "advisorySnapshot"}
    assert set(image["os"]) == {"name", "version"}
    assert image["firstSeen"].endswith("Z")


def test_findings_have_every_field_of_the_contract_and_come_worst_first(api: Api) -> None:
    findings = api.get(api.path_of(api.shop()) + "/findings")["value"]

    assert set(findings[0]) >= {
        *("id", "cve", "aliases", "package", "severity", "ratings", "cvss", "published", "fixedVersion", "fixStatus"),
        *("remediation", "references", "undetermined", "disabledBy"),
    }
    assert set(findings[0]["package"]) == {
        *("name", "version", "source", "sourceVersion", "ecosystem", "purl", "path", "layer"),
    }
    order = ["critical", "high", "medium", "low", "unknown", "negligible"]
    ranks = [order.index(finding["severity"]) for finding in findings]
    assert ranks == sorted(ranks)


def test_every_image_with_a_flaw_or_a_package_is_found_over_all_images(api: Api) -> None:
    shop = api.shop()
    worst = api.get(api.path_of(shop) + "/findings")["value"][0]
    flaw, package = worst["cve"] or worst["advisory"], worst["package"]
    for query in (f"cve={quote(flaw)}", f"package={quote(package['name'])}&version={quote(package['version'])}"):
        answer = api.get(f"/api/findings?{query}&repository=samples%2Fshop")
        found = {one["id"]: one for one in answer["value"]}
        assert {name: value for name, value in found[worst["id"]].items() if name != "image"} == worst
        assert found[worst["id"]]["image"]["digest"] == shop["digest"]
        assert "unreadable" not in answer


def test_history_tells_every_event_with_its_cause_newest_first(api: Api) -> None:
    history = api.get(api.path_of(api.shop()) + "/history")["value"]

    assert [event["version"] for event in history] == list(range(len(history), 0, -1))
    assert history[-1]["type"] == "image-tagged"
    assert set(history[0]) >= {"version", "type", "time", "actor", "cause", "data"}


def test_pages_follow_next_links_to_the_same_list(api: Api) -> None:
    whole = api.get("/api/images?top=1000")["value"]
    pages: list[Json] = []
    link = "/api/images?top=2"
    while link:
        answer = api.get(link)
        assert len(answer["value"]) <= 2
        pages += answer["value"]
        link = answer.get("nextLink", "")
        assert not link or link.startswith(f"http://127.0.0.1:{api.start.port}/api/images?")

    assert pages == whole


def test_recommendations_name_only_unhealthy_images(api: Api) -> None:
    unhealthy = {image["digest"] for image in api.get("/api/images?health=unhealthy&top=1000")["value"]}

    recommendations = api.get("/api/recommendations")["value"]

    assert recommendations
    named = {image["digest"] for one in recommendations for image in one["images"]}
    assert named == unhealthy
    assert all(one["remediation"] for one in recommendations)


def test_the_statement_names_the_event_behind_every_charge(api: Api) -> None:
    began = f"{datetime.now(UTC):%Y-%m}"
    assert began <= api.get("/api/billing")["month"] <= f"{datetime.now(UTC):%Y-%m}"

    # The samples may be of the month before.
    scanned = {image["lastScan"]["time"][:7] for image in api.get("/api/images")["value"] if image["charged"]}
    statements = [api.get(f"/api/billing?month={month}") for month in sorted(scanned)]
    charges = [charge for statement in statements for charge in statement["charges"]]
    assert sum(statement["total"] for statement in statements) == len(charges) >= 4
    assert all(set(c) == {"registry", "repository", "digest", "time", "eventId"} for c in charges)
    assert api.get("/api/billing?month=2020-01") == {"month": "2020-01", "total": 0, "charges": []}


def test_the_status_tells_feeds_queues_and_dead_letters(api: Api) -> None:
    status = api.get("/api/status")

    assert {feed["ecosystem"] for feed in status["advisories"]["feeds"]} == {"Debian", "plimsoll-sample"}
    assert set(status["queues"]) == {
        name + suffix
        for name in ("registry-events", "reconciliations", "scans", "projections", "walks")
        for suffix in ("", "-poison")
    }
    assert status["versions"]["plimsoll"]


@pytest.mark.parametrize("schema", ["cloud", "grid"])
@pytest.mark.parametrize("encoding", ["base64", "plain"])
def test_an_event_in_the_queue_is_received_like_one_at_the_webhook(api: Api, schema: str, encoding: str) -> None:
    digest, tag = api.shop()["digest"], f"{schema}-{encoding}"
    target = {"digest": digest, "repository": "samples/shop", "tag": tag, "mediaType": DOCKER_MANIFEST}
    content = {"target": target, "request": {"host": api.registry}, "timestamp": datetime.now(UTC).isoformat()}
    kind = "Microsoft.ContainerRegistry.ImagePushed"
    names = ("id", "eventType", "topic") if schema == "grid" else ("id", "type", "source")
    event: Json = {**dict(zip(names, (str(uuid.uuid4()), kind, TOPIC), strict=True)), "data": content}
    text = json.dumps(event if schema == "grid" else {"specversion": "1.0", **event})

    api.put_message("registry-events", b64encode(text.encode()).decode() if encoding == "base64" else text)

    path = f"/api/images/{api.registry}/{digest}"
    api.start.await_that(lambda: f"samples/shop:{tag}" in json.dumps(api.get(path)) or tag in api.get(path)["tags"])


def test_what_is_no_event_in_the_queue_becomes_a_dead_letter(api: Api) -> None:
    api.put_message("registry-events", "neither an event nor base64")

    def kept() -> bool:
        return any("no event" in one["error"] for one in api.get("/api/status")["deadLetters"]["newest"])

    api.start.await_that(kept)


def test_a_pushed_image_is_answered_for_and_gone_when_it_is_deleted(api: Api) -> None:
    from local.images.push import delete_manifest

    digest = api.push("team/own", {"openssl": "3.0.11-1"})
    image = api.await_health(digest, "unhealthy")
    delete_manifest(f"http://{api.registry}", "team/own", digest)
    api.start.await_that(lambda: api.ask("GET", f"/api/images/{api.registry}/{digest}")[0] == 404)

    assert image["tags"] == ["1"]
    assert image["upgrades"][0]["package"] == "openssl"
    assert api.get(f"/api/images/{api.registry}/{digest}?asOf={image['lastScan']['time']}")["health"]
    assert api.get(f"/api/images/{api.registry}/{digest}/history")["value"][0]["type"] == "image-deleted"


def test_a_pull_by_somebody_else_is_noted_through_the_diagnostic_log(api: Api) -> None:
    digest = api.push("team/pulled", {"bash": "5"})
    image = api.await_health(digest, "healthy")
    urllib3.request(
        "GET",
        f"http://{api.registry}/v2/team/pulled/manifests/1",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json", "User-Agent": "containerd/2.0"},
    )
    api.start.await_that(lambda: _pulled(api, digest) is not None)

    assert image["lastPulled"] is None


def _pulled(api: Api, digest: str) -> str | None:
    api.ask("POST", "/admin/functions/on_pull_log", {})
    pulled: str | None = api.get(f"/api/images/{api.registry}/{digest}")["lastPulled"]
    return pulled


def test_a_scan_on_demand_is_accepted_and_its_address_tells_the_end(api: Api) -> None:
    wanted = {"registry": api.registry, "repository": "samples/shop", "reference": "1.1"}

    status, accepted = api.ask("POST", "/api/scans", wanted, {"x-ms-client-request-id": "the-request"})
    api.start.await_that(lambda: api.get(accepted["statusUrl"])["status"] == "completed")

    assert status == 202
    assert accepted["id"] == "manual-the-request"


def test_a_scan_on_demand_of_an_index_scans_its_images(api: Api) -> None:
    wanted = {"registry": api.registry, "repository": "samples/tools", "reference": "1.0"}

    _, accepted = api.ask("POST", "/api/scans", wanted)
    api.start.await_that(lambda: api.get(accepted["statusUrl"])["status"] == "completed")

    assert accepted["isIndex"]
    assert len(api.get(accepted["statusUrl"])["images"]) == 2


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"registry": "evil.example", "repository": "a"}, 403, "RegistryNotAllowed"),
        ({"registry": "REGISTRY", "repository": "samples/absent"}, 404, "ManifestMissing"),
        ({"registry": "REGISTRY", "repository": "../etc"}, 400, "InvalidParameter"),
        ({"repository": "samples/shop"}, 400, "InvalidParameter"),
        ([], 400, "InvalidParameter"),
    ],
)
def test_a_scan_that_cannot_be_requested_says_why(api: Api, wanted: Any, status: int, code: str) -> None:
    if isinstance(wanted, dict) and wanted.get("registry") == "REGISTRY":
        wanted = {**wanted, "registry": api.registry}

    assert_error(api.ask("POST", "/api/scans", wanted), status, code)


def test_a_rule_disables_findings_until_it_is_taken_back(api: Api) -> None:
    digest = api.push("team/rules", {"openssl": "3.0.10-1"})
    api.await_health(digest, "unhealthy")
    rule = {"criteria": {"cves": ["CVE-2026-1000"]}, "scope": {"repository": "team/rules"}, "reason": "test"}
    status, made = api.ask("POST", "/api/rules", rule)
    healthy = api.await_health(digest, "healthy")
    findings = api.get(f"/api/images/{api.registry}/{digest}/findings")["value"]
    _, removed = api.ask("DELETE", f"/api/rules/{made['id']}")
    api.await_health(digest, "unhealthy")

    assert status == 201
    assert set(made) >= {"id", "scope", "criteria", "reason", "author", "created", "expires", "state"}
    assert healthy["disabledFindings"] == 1
    assert [finding["disabledBy"] for finding in findings] == [made["id"]]
    assert removed["state"] == "removed"
    assert made["id"] in {one["id"] for one in api.get("/api/rules")["value"]}


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"criteria": {}, "reason": "x"},
        {"criteria": {"cves": ["CVE-2026-1"]}},
        {"criteria": {"cves": "CVE-2026-1"}, "reason": "x"},
        {"criteria": {"severityBelow": "terrible"}, "reason": "x"},
        {"criteria": {"cves": ["CVE-2026-1"]}, "reason": "x", "expires": "2020-01-01T00:00:00Z"},
        {"criteria": {"cves": ["CVE-2026-1"]}, "reason": "x", "scope": {"registry": "a b"}},
        {"criteria": {"cves": ["CVE-2026-1"]}, "reason": "x", "unknown": 1},
    ],
)
def test_a_rule_that_cannot_be_made_is_refused_with_a_reason(api: Api, rule: Json) -> None:
    assert_error(api.ask("POST", "/api/rules", rule), 400, "InvalidParameter")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/images?top=0", "/api/images?top=1001", "/api/images?top=x", "/api/images?health=fine"),
        *("/api/images?asOf=yesterday", "/api/images?asOf=2026-11-22T10:00:00", "/api/images?skipToken=%21"),
        *("/api/images?registry=a%20b", "/api/images?repository=UPPER", "/api/billing?month=2026-13"),
        "/api/images/127.0.0.1:5055/sha256:short",
        "/api/images/" + quote("<script>", safe="") + "/" + UNKNOWN_DIGEST,
    ],
)
def test_bad_parameters_are_refused_with_a_reason(api: Api, path: str) -> None:
    assert_error(api.ask("GET", path), 400, "InvalidParameter")


@pytest.mark.parametrize("part", ["", "/findings", "/history"])
def test_an_unknown_image_is_not_found(api: Api, part: str) -> None:
    assert_error(api.ask("GET", f"/api/images/{api.registry}/{UNKNOWN_DIGEST}{part}"), 404, "ImageNotFound")


def test_an_unknown_rule_is_not_found(api: Api) -> None:
    assert_error(api.ask("GET", "/api/rules/nothing"), 404, "RuleNotFound")
    assert_error(api.ask("DELETE", "/api/rules/nothing"), 404, "RuleNotFound")


def test_events_of_both_schemas_are_taken_and_malformed_ones_are_kept_as_dead_letters(api: Api) -> None:
    before = api.get("/api/status")["deadLetters"]["count"]
    data = {"target": {"repository": "../../etc", "digest": "sha256:x"}, "request": {"host": api.registry}}
    grid = {
        "id": str(uuid.uuid4()),
        "topic": TOPIC,
        "subject": "x",
        "eventTime": "2026-11-22T10:00:00Z",
        "eventType": "Microsoft.ContainerRegistry.ImagePushed",
        "dataVersion": "1.0",
        "data": data,
    }
    cloud = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": TOPIC,
        "time": "2026-11-22T10:00:00Z",
        "type": "Microsoft.ContainerRegistry.ImagePushed",
        "data": data,
    }
    chart = {**grid, "id": str(uuid.uuid4()), "eventType": "Microsoft.ContainerRegistry.ChartPushed"}
    foreign = {**grid, "id": str(uuid.uuid4())}
    foreign["data"] = {
        "target": {"repository": "a", "digest": UNKNOWN_DIGEST},
        "request": {"host": "evil.example"},
    }

    assert [api.deliver(event) for event in (grid, cloud, chart, foreign)] == [202, 202, 202, 202]
    assert api.get("/api/status")["deadLetters"]["count"] == before + 3


def test_a_push_that_is_announced_as_a_cloud_event_is_scanned(api: Api) -> None:
    digest = api.push("team/cloud", {"bash": "6"})
    image = api.await_health(digest, "healthy")
    now = datetime.now(UTC).isoformat()
    target = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "repository": "team/cloud"}
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": TOPIC,
        "time": now,
        "subject": "team/cloud:again",
        "type": "Microsoft.ContainerRegistry.ImagePushed",
        "data": {"timestamp": now, "target": {**target, "tag": "again"}, "request": {"host": api.registry}},
    }
    assert api.deliver(event) == 202
    path = api.path_of(image)

    api.start.await_that(lambda: "again" in api.get(path)["tags"])


def assert_error(answer: tuple[int, Any], status: int, code: str) -> None:
    found, body = answer
    assert (found, body["error"]["code"]) == (status, code), body
    assert body["error"]["message"]
