"""Disable rules over HTTP."""

from urllib.parse import urlsplit

from functions import rules
from shared.domain.image_health import Health
from tests.support.examples import finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

BODY = {"criteria": {"cves": ["CVE-1"]}, "reason": "not reachable"}


def make(body: object = None, request_id: str | None = None) -> tuple[int, dict[str, object]]:
    headers = {"x-ms-client-request-id": request_id} if request_id else {}
    status, made = ask(rules.make_rule, "/api/rules", method="POST", body=body or BODY, headers=headers)
    return status, made


def test_a_rule_is_made_shown_and_taken_back(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    status, made = make()
    assert (status, made["state"], made["author"]) == (201, "active", "function-key")
    app.work()
    assert app.health().health is Health.HEALTHY
    route = {"id": str(made["id"])}
    assert ask(rules.get_rule, route=route)[1]["reason"] == "not reachable"
    status, removed = ask(rules.remove_rule, "/x?reason=reachable+now", method="DELETE", route=route)
    assert (status, removed["state"]) == (200, "removed")
    app.work()
    assert app.health().health is Health.UNHEALTHY
    assert ask(rules.remove_rule, method="DELETE", route=route)[0] == 200


def test_a_repeated_request_makes_no_second_rule(app: MemoryApp) -> None:
    first, second = make(request_id="r1")[1], make(request_id="r1")[1]
    assert first == second
    assert make(request_id="r2")[1]["id"] != first["id"]
    assert len(ask(rules.list_rules, "/api/rules")[1]["value"]) == 2


def test_a_request_id_that_made_another_rule_is_a_conflict(app: MemoryApp) -> None:
    made = make(request_id="r1")[1]
    other = {**BODY, "criteria": {"cves": ["CVE-2"]}}
    status, refused = make(other, request_id="r1")
    assert (status, refused["error"]["code"]) == (409, "RequestConflict")  # type: ignore[index]
    changed = {**BODY, "reason": "meanwhile changed", "revision": 1}
    ask(rules.change_rule, method="PUT", body=changed, route={"id": str(made["id"])})
    assert make(request_id="r1") == (201, ask(rules.get_rule, route={"id": str(made["id"])})[1])


def test_rules_are_listed_newest_first_and_in_pages(app: MemoryApp) -> None:
    made = []
    for _ in range(5):
        app.world.clock.forward(minutes=1.0001)
        made.append(make()[1]["id"])
    found: list[str] = []
    path = "/api/rules?top=2"
    while path:
        status, body = ask(rules.list_rules, path)
        assert status == 200
        found += [rule["id"] for rule in body["value"]]
        parts = urlsplit(body.get("nextLink", ""))
        path = f"{parts.path}?{parts.query}" if parts.path else ""
    assert found == made[::-1]


def test_rules_are_listed_as_they_were(app: MemoryApp) -> None:
    make()
    app.world.clock.forward(minutes=5)
    make()
    assert len(ask(rules.list_rules, "/api/rules?asOf=2026-11-02T10:04:00Z")[1]["value"]) == 1


def test_a_rule_is_shown_as_it_was(app: MemoryApp) -> None:
    route = {"id": str(make()[1]["id"])}
    assert ask(rules.get_rule, "/x?asOf=2026-11-02T09:00:00Z", route=route)[0] == 404
    app.world.clock.forward(minutes=5)
    assert ask(rules.remove_rule, method="DELETE", route=route)[1]["state"] == "removed"
    assert ask(rules.get_rule, "/x?asOf=2026-11-02T10:04:00Z", route=route)[1]["state"] == "active"
    for never in ("never", "2999-01-01T00:00:00Z"):
        assert ask(rules.get_rule, f"/x?asOf={never}", route=route)[0] == 400


def test_a_rule_that_cannot_be_made_is_a_bad_request(app: MemoryApp) -> None:
    long = {"criteria": {"cves": ["x" * 200] * 500}, "reason": "long"}
    for body in ({}, {"criteria": {}, "reason": "everything"}, {**BODY, "expires": "2020-01-01T00:00:00Z"}, long):
        status, answer = ask(rules.make_rule, method="POST", body=body or b"{}")
        assert (status, answer["error"]["code"]) == (400, "InvalidParameter")
    assert ask(rules.list_rules, "/api/rules")[1]["value"] == []


def test_a_rule_that_nobody_made_is_not_found(app: MemoryApp) -> None:
    for trigger in (rules.get_rule, rules.remove_rule):
        status, answer = ask(trigger, route={"id": "\x1b[31m"})
        assert (status, answer["error"]["code"]) == (404, "RuleNotFound")
        assert "\x1b" not in answer["error"]["message"]


def test_a_rule_is_changed_and_its_history_tells_how(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2")]))
    app.record_push(push("e1"))
    route = {"id": str(make()[1]["id"])}
    app.work()
    assert app.health().disabled_findings == 1
    change = {"criteria": {"cves": ["CVE-1", "CVE-2"]}, "reason": "both", "author": "ann", "revision": 1}
    then = app.world.clock().isoformat().replace("+00:00", "Z")
    app.world.clock.forward(minutes=1)
    status, changed = ask(rules.change_rule, method="PUT", route=route, body=change)
    assert (status, changed["revision"], changed["author"]) == (200, 2, "ann")
    assert len(ask(rules.list_rule_history, f"/x?asOf={then}", route=route)[1]["value"]) == 1
    app.work()
    assert (app.health().health, app.health().disabled_findings) == (Health.HEALTHY, 2)
    assert ask(rules.change_rule, method="PUT", route=route, body=change)[0] == 200  # it came twice
    status, refused = ask(rules.change_rule, method="PUT", route=route, body={**change, "reason": "mine"})
    assert (status, refused["error"]["code"]) == (409, "RuleChanged")
    ask(rules.remove_rule, "/x?reason=done", method="DELETE", route=route)
    status, told = ask(rules.list_rule_history, route=route)
    assert [(one["type"], one["actor"], one["data"]["reason"]) for one in told["value"]] == [
        ("finding-enabled", "function-key", "done"),
        ("finding-disabled", "function-key", "both"),
        ("finding-disabled", "function-key", "not reachable"),
    ]
    assert ask(rules.change_rule, method="PUT", route=route, body=change)[0] == 404
    assert ask(rules.list_rule_history, route={"id": "none"})[0] == 404


def test_a_preview_tells_what_a_rule_would_do_and_does_nothing(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    app.work()
    before = app.log.load(app.disable_findings.stream).version
    status, told = ask(rules.preview_rule, method="POST", body={"criteria": {"cves": ["CVE-1"]}})
    assert (status, told["findings"], told["images"], told["becomeHealthy"]) == (200, 1, 1, 1)
    assert [(one["digest"], one["health"], one["healthThen"]) for one in told["value"]] == [
        (app.health().digest, "unhealthy", "healthy")
    ]
    assert app.log.load(app.disable_findings.stream).version == before
    assert ask(rules.preview_rule, method="POST", body={"criteria": {}})[0] == 400
