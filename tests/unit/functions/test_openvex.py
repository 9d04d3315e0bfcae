"""OpenVEX documents become disable rules, and never hide more than they say."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from functions import images, rules
from shared.api.openvex import parse_openvex
from shared.domain.events import FindingEnabled
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from tests.support.examples import REGISTRY, digest, finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.stored_app import StoredApp
from tests.support.triggers import ask

ONE, TWO = "CVE-2026-0001", "CVE-2026-0002"
APP = f"pkg:oci/app?repository_url={REGISTRY}/app"
EXACT = f"pkg:oci/app@{digest(1).replace(':', '%3A')}?repository_url=ghcr.io/vendor/app&tag=v1"
OPENSSL, LIBSSL = "pkg:deb/debian/openssl@3.0.1", "pkg:deb/debian/libssl3@3.0.1"
WHY = {"justification": "vulnerable_code_not_in_execute_path", "impact_statement": "It is never called."}


def statement(cve: str = ONE, product: str = APP, *parts: str, **changes: Any) -> dict[str, Any]:
    subcomponents = {"subcomponents": [{"@id": part} for part in parts]} if parts else {}
    products = [{"@id": product, **subcomponents}]
    return {"vulnerability": {"name": cve}, "products": products, "status": "not_affected", **WHY} | changes


def document(*statements: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://contoso.example/vex/1",
        "author": "Contoso Security",
        "role": "Document Creator",
        "timestamp": "2026-11-01T18:02:03.647787998-06:00",
        "version": 1,
        "tooling": "by hand",
        "statements": list(statements),
        **changes,
    }


def imported(*statements: dict[str, Any], query: str = "", status: int = 200, **changes: Any) -> Any:
    code, body = ask(rules.import_openvex, f"/?{query}", method="POST", body=document(*statements, **changes))
    assert code == status, body
    return body


def numbers(body: dict[str, Any]) -> tuple[int, int, int, int]:
    return body["made"], body["changed"], body["removed"], body["unchanged"]


def hidden(number: int = 1) -> list[tuple[str, str]]:
    found = ask(images.list_findings, route={"registry": REGISTRY, "digest": digest(number)})[1]["value"]
    return [(one["cve"], one["package"]["name"]) for one in found if one["disabledBy"]]


@pytest.fixture
def scanned(app: MemoryApp) -> MemoryApp:
    """Scan two images with two flaws in each of two packages of one source."""
    parts = (package("openssl", source="openssl"), package("libssl3", source="openssl"))
    app.world.advisories = MemoryAdvisories(report=report([finding(cve, of=of) for cve in (ONE, TWO) for of in parts]))
    app.record_push(push("e1"))
    app.record_push(push("e2", 2, 2, repository="other"))
    app.work()
    return app


BOTH = [(ONE, "libssl3"), (ONE, "openssl")]


@pytest.mark.parametrize(
    ("said", "first", "second"),
    [
        (statement(), BOTH, []),
        (statement(product=EXACT), BOTH, []),
        (statement(ONE, APP, LIBSSL), [(ONE, "libssl3")], []),
        (statement(ONE, EXACT, OPENSSL, LIBSSL), BOTH, []),
        (statement(product=LIBSSL), [(ONE, "libssl3")], [(ONE, "libssl3")]),
        (statement(product="pkg:deb/debian/libssl3@9"), [], []),
        (statement(product=f"pkg:oci/other?repository_url={REGISTRY}/other"), [], BOTH),
        (statement(ONE, "urn:app", products=[{"identifiers": {"purl": APP}}]), BOTH, []),
    ],
)
def test_a_statement_hides_what_it_says_and_nothing_else(
    scanned: MemoryApp, said: dict[str, Any], first: list[Any], second: list[Any]
) -> None:
    body = imported(said)
    scanned.work()
    assert body["skipped"] == []
    assert (sorted(hidden(1)), sorted(hidden(2))) == (first, second)


def test_rules_tell_why_and_who_and_the_log_who_imported(scanned: MemoryApp) -> None:
    [change] = imported(statement())["value"]
    code, rule = ask(rules.get_rule, route={"id": change["ruleId"]})
    assert (code, rule["author"], rule["state"]) == (200, "Contoso Security", "active")
    assert rule["reason"] == (
        "vulnerable_code_not_in_execute_path: It is never called. (OpenVEX https://contoso.example/vex/1 version 1)"
    )
    assert rule["scope"] == {"registry": REGISTRY, "repository": "app", "digest": None}
    [event] = ask(rules.list_rule_history, route={"id": change["ruleId"]})[1]["value"]
    assert event["actor"] != "Contoso Security"
    assert event["cause"].startswith("openvex:")


def test_importing_twice_changes_nothing(scanned: MemoryApp) -> None:
    said = (statement(), statement(TWO, APP, LIBSSL))
    assert numbers(imported(*said)) == (2, 0, 0, 0)
    version = scanned.log.load(scanned.rules.stream).version
    assert numbers(imported(*said)) == (0, 0, 0, 2)
    assert numbers(imported(*said, version=2)) == (0, 0, 0, 2)
    assert scanned.log.load(scanned.rules.stream).version == version


def test_a_preview_tells_the_same_and_writes_nothing(scanned: MemoryApp) -> None:
    previewed = imported(statement(), statement(product="urn:x"), query="preview=true")
    assert scanned.rules.book().rules == {}
    done = imported(statement(), statement(product="urn:x"))
    assert previewed == {**done, "preview": True}
    assert len(scanned.rules.book().rules) == 1


@pytest.mark.parametrize("status", ["affected", "under_investigation", "fixed", None])
def test_what_a_new_version_no_longer_says_counts_again(scanned: MemoryApp, status: str | None) -> None:
    imported(statement(), statement(TWO))
    scanned.work()
    left = [statement(ONE, status=status)] if status else []
    assert numbers(imported(*left, statement(TWO), version=2)) == (0, 0, 1, 1)
    scanned.work()
    assert sorted(hidden()) == [(TWO, "libssl3"), (TWO, "openssl")]
    assert numbers(imported(statement(), statement(TWO), version=3)) == (1, 0, 0, 1)
    scanned.work()
    assert len(hidden()) == 4


def test_another_reason_is_a_new_revision_of_the_rule(scanned: MemoryApp) -> None:
    [before] = imported(statement())["value"]
    body = imported(statement(impact_statement="It was removed."), version=2)
    assert numbers(body) == (0, 1, 0, 0)
    rule = scanned.rules.book().rules[before["ruleId"]]
    assert (rule.revision, "removed" in rule.reason) == (2, True)


def test_an_older_version_is_refused(scanned: MemoryApp) -> None:
    imported(statement(), version=3)
    refused = imported(statement(TWO), version=2, status=409)
    assert refused["error"]["code"] == "DocumentOutdated"
    assert "version 3" in refused["error"]["message"]


def test_what_a_person_withdrew_stays_withdrawn(scanned: MemoryApp) -> None:
    [change] = imported(statement())["value"]
    scanned.disable_findings.enable(FindingEnabled(change["ruleId"], "it is reachable", "sam"))
    body = imported(statement(), version=2)
    assert numbers(body) == (0, 0, 0, 0)
    assert "withdrawn by sam" in body["skipped"][0]["reason"]


def test_what_a_person_changed_stays_until_the_document_no_longer_says_it(scanned: MemoryApp) -> None:
    [change] = imported(statement())["value"]
    narrower = {"criteria": {"cves": [ONE], "purls": [LIBSSL]}, "reason": "only this", "revision": 1}
    assert ask(rules.change_rule, method="PUT", route={"id": change["ruleId"]}, body=narrower)[0] == 200
    assert "changed by" in imported(statement(), version=2)["skipped"][0]["reason"]
    assert numbers(imported(version=3)) == (0, 0, 1, 0)


AFFECTED = {"status": "affected", "timestamp": "2026-11-03T00:00:00Z"}
EARLIER = {"timestamp": "2026-10-01T00:00:00Z"}


@pytest.mark.parametrize(
    "against",
    [
        statement(**AFFECTED),
        statement(product=EXACT, **AFFECTED),
        statement(ONE, APP, LIBSSL, **AFFECTED),
        statement(ONE.lower(), **AFFECTED),
        statement("GHSA-1", vulnerability={"name": "GHSA-1", "aliases": [ONE]}, **AFFECTED),
        statement(product="urn:app", products=[{"@id": "urn:app"}], **AFFECTED),
        statement(status="under_investigation", timestamp="2026-11-03T00:00:00Z"),
        statement(status="affected"),
        statement(justification="", impact_statement=" ", timestamp="2026-11-03T00:00:00Z"),
        statement(products=[], **AFFECTED),
        statement(product=f"pkg:oci/app?repository_url=https://{REGISTRY.upper()}/app/", **AFFECTED),
    ],
)
def test_a_later_statement_to_the_contrary_wins_over_all_that_it_may_be_about(
    scanned: MemoryApp, against: dict[str, Any]
) -> None:
    for order in ((statement(), against), (against, statement())):
        body = imported(*order)
        assert numbers(body) == (0, 0, 0, 0)
        assert any("not older" in one["reason"] for one in body["skipped"])


@pytest.mark.parametrize("name", ["pkg:oci/mirror", "pkg:docker/acme/app"])
def test_a_digest_names_an_image_whatever_the_image_is_called(scanned: MemoryApp, name: str) -> None:
    body = imported(statement(product=EXACT), statement(product=f"{name}@{digest(1)}", **AFFECTED))
    assert (numbers(body), hidden()) == ((0, 0, 0, 0), [])


def test_the_reason_of_a_rule_names_the_document_however_long_it_explains_itself(scanned: MemoryApp) -> None:
    for text in ("x" * 2000, "y" * 2000):
        body = imported(statement(impact_statement=text))
        assert numbers(body) == ((1, 0, 0, 0) if text[0] == "x" else (0, 1, 0, 0))
        [rule] = body["value"]
        assert len(rule["reason"]) == 1000
        assert rule["reason"].endswith("(OpenVEX https://contoso.example/vex/1 version 1)")


@pytest.mark.parametrize(
    "against",
    [
        statement(status="affected", **EARLIER),
        statement(TWO, **AFFECTED),
        statement(product=f"pkg:oci/app@{digest(7)}", **AFFECTED),
        statement(product="pkg:oci/other", **AFFECTED),
        statement(ONE, EXACT, LIBSSL, **AFFECTED),
    ],
)
def test_a_statement_on_something_else_or_an_earlier_one_takes_nothing_away(
    scanned: MemoryApp, against: dict[str, Any]
) -> None:
    assert imported(statement(ONE, EXACT, OPENSSL), against)["made"] == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (statement(justification="", impact_statement=""), "needs a justification"),
        (statement(products=[]), "names no product"),
        (statement(product="https://contoso.example/app"), "no package URL"),
        (statement(products=[{"@id": APP, "identifiers": {"purl": OPENSSL}}]), "several package URLs"),
        (statement(product="pkg:oci/app"), "needs the repository"),
        (statement(product="pkg:oci/app@v1"), "not a valid digest"),
        (statement(product=f"{APP}&tag=v1"), "named by its digest"),
        (statement(product=f"{APP}&arch=arm64"), "named by its digest"),
        (statement(product=f"pkg:oci/app?repository_url={REGISTRY}/other"), "does not end with the name"),
        (statement(product="pkg:oci/app?repository_url=../../app"), "not a valid"),
        (statement(product=f"{APP}&platform=x"), "platform"),
        (statement(ONE, OPENSSL, LIBSSL), "components of another package"),
        (statement(ONE, APP, "openssl"), "no package URL"),
        (statement(ONE, APP, "pkg:oci/base"), "image within an image"),
        (statement(ONE, APP, f"{LIBSSL}#usr/lib"), "path within a package"),
    ],
)
def test_what_cannot_be_said_by_a_rule_is_left_out_with_the_reason(
    scanned: MemoryApp, said: dict[str, Any], reason: str
) -> None:
    body = imported(said)
    assert numbers(body) == (0, 0, 0, 0)
    assert reason in body["skipped"][0]["reason"]


def test_an_import_may_be_narrowed_to_a_repository(scanned: MemoryApp) -> None:
    body = imported(statement(product=LIBSSL), query=f"registry={REGISTRY}&repository=other")
    scanned.work()
    assert body["made"] == 1
    assert (hidden(1), hidden(2)) == ([], [(ONE, "libssl3")])
    outside = imported(statement(), query="repository=other")
    assert "outside" in outside["skipped"][0]["reason"]
    named = imported(statement(product="pkg:oci/app"), query="repository=app", id="x")
    assert named["made"] == 1
    assert numbers(imported(query=f"registry={REGISTRY}&repository=other", version=2)) == (0, 0, 1, 0)


def test_more_rules_than_fit_one_append_are_made_all_and_an_import_can_be_sent_again(scanned: MemoryApp) -> None:
    said = [statement(f"CVE-2026-{number:04d}") for number in range(1, 100)]
    assert numbers(imported(*said)) == (99, 0, 0, 0)
    assert numbers(imported(*said)) == (0, 0, 0, 99)
    assert numbers(imported(version=2)) == (0, 0, 99, 0)


def test_an_image_becomes_healthy_as_of_the_import_and_not_before(scanned: MemoryApp) -> None:
    imported(statement(), statement(TWO))
    scanned.world.clock.forward(hours=1)
    imported(version=2)
    scanned.work()
    about = ImageId(REGISTRY, digest(1))
    then = scanned.world.clock().replace(hour=10, minute=30)
    assert scanned.query_images.one(about, then).health.health is Health.HEALTHY
    assert scanned.query_images.one(about, None).health.health is Health.UNHEALTHY


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": "https://openvex.dev/ns"},
        {"@context": None},
        {"@id": ""},
        {"author": " "},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-01T00:00:00"},
        {"version": 0},
        {"version": "1"},
        {"statements": None},
        {"statements": [statement(status="harmless")]},
        {"statements": [statement("CVE 1")]},
        {"statements": [statement(vulnerability="CVE-1")]},
        {"statements": [statement()] * 2001},
        {"statements": [statement(ONE, APP, *[LIBSSL] * 2001)]},
    ],
)
def test_a_document_that_is_none_is_refused_whole(scanned: MemoryApp, changes: dict[str, Any]) -> None:
    body = {**copy.deepcopy(document(statement())), **changes}
    assert ask(rules.import_openvex, method="POST", body=body)[0] == 400
    assert scanned.rules.book().rules == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b" " * (9 << 20)])
def test_what_is_no_document_is_refused(app: MemoryApp, content: bytes) -> None:
    assert ask(rules.import_openvex, method="POST", body=content)[0] == 400


def test_over_stored_rows_an_import_and_its_newer_version_give_what_they_give_in_memory() -> None:
    stored, memory = StoredApp(), MemoryApp()
    first = document(*(statement(f"CVE-2026-{number:04d}") for number in range(1, 100)))
    second = document(statement(ONE), statement(TWO, status="fixed"), version=2)
    for app in (stored, memory):
        for said in (first, second, second):
            app.import_openvex(parse_openvex(json.dumps(said).encode()), RuleScope(), "sam")
    assert stored.rules.book() == memory.rules.book()
    assert [rule.criteria.cves for rule in stored.rules.book().active(stored.world.clock())] == [(ONE,)]
    events = stored.log.load(stored.rules.stream).events
    assert [one.version for one in events] == list(range(1, 99 + 98 + 1))
