"""Bodies of disable rules."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.errors import ApiError
from shared.api.rules import parse_changed_rule, parse_new_rule, parse_preview, rule_body
from shared.domain.criteria import Criteria, PackageCriterion
from shared.domain.events import FindingDisabled
from shared.domain.rules import Rule, RuleScope
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, START, at, digest

FULL = {
    "criteria": {"cves": ["CVE-2026-0001"], "findingIds": ["99bb"], "severityBelow": "medium"},
    "scope": {"registry": REGISTRY, "repository": "team/app", "digest": digest(1)},
    "reason": "not reachable",
    "author": "me",
    "expires": "2026-11-02T10:10:00Z",
}


def parse(**changes: Any) -> FindingDisabled:
    body = {name: value for name, value in {**FULL, **changes}.items() if value is not ...}
    return parse_new_rule(json.dumps(body).encode(), "rule-1", "the caller")


def test_a_full_body_gives_the_rule_it_describes() -> None:
    assert parse() == FindingDisabled(
        rule_id="rule-1",
        scope=RuleScope(REGISTRY, "team/app", digest(1)),
        criteria=Criteria(("CVE-2026-0001",), ("99bb",), Severity.MEDIUM),
        reason="not reachable",
        author="me",
        expires=at(10),
    )


def test_every_criterion_is_read_and_shown() -> None:
    criteria = {
        "cves": ["CVE-1"],
        "findingIds": ["99bb"],
        "severityBelow": "low",
        "packages": [{"name": "openssl", "version": "3.0.1"}, {"name": "zlib", "version": None}],
        "category": "os",
        "text": "overflow",
        "cvssBelow": 7.0,
        "fixStatuses": ["not-fixed", "will-not-fix"],
        "digests": [digest(1)],
        "repositories": ["team/app"],
        "tags": ["dev-*"],
        "osReleases": ["debian 12"],
        "purls": ["pkg:deb/debian/openssl@3.0.1"],
        "notExploited": True,
        "epssBelow": 0.1,
    }
    event = parse(criteria=criteria)
    assert event.criteria.packages[1] == PackageCriterion("zlib")
    rule = Rule("r", RuleScope(), event.criteria, "why", "me", START)
    assert json.loads(msgspec.json.encode(rule_body(rule, START)))["criteria"] == criteria
    assert {field.encode_name for field in msgspec.structs.fields(Criteria)} == set(criteria)


def test_a_change_names_the_revision_that_it_was_made_from() -> None:
    body = json.dumps({**FULL, "revision": 3}).encode()
    assert parse_changed_rule(body, "rule-1", "me") == msgspec.structs.replace(parse(), revision=4)
    with pytest.raises(ApiError, match="revision"):
        parse_changed_rule(json.dumps(FULL).encode(), "rule-1", "me")


def test_a_preview_needs_criteria_only() -> None:
    rule = parse_preview(b'{"criteria": {"cves": ["CVE-1"]}}', "me")
    assert (rule.reason, rule.author, rule.revision) == ("preview", "me", 1)
    assert parse_preview(b'{"criteria": {"text": "x"}, "id": "r1", "revision": 2}', "me").revision == 3


def test_the_caller_is_the_author_and_everything_the_scope_unless_the_body_says_otherwise() -> None:
    rule = parse(author=..., scope=..., expires=...)
    assert (rule.author, rule.scope, rule.expires) == ("the caller", RuleScope(), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"criteria": ...},
        {"reason": ...},
        {"reason": ""},
        {"reason": "x" * 1001},
        {"criteria": {"cves": "CVE-1"}},
        {"criteria": {"cves": [""]}},
        {"criteria": {"cves": ["x"] * 501}},
        {"criteria": {"severityBelow": "terrible"}},
        {"criteria": {"cve": ["CVE-1"]}},
        {"criteria": {"packages": ["openssl"]}},
        {"criteria": {"packages": [{"name": ""}]}},
        {"criteria": {"category": "kernel"}},
        {"criteria": {"cvssBelow": 11}},
        {"criteria": {"cvssBelow": 0}},
        {"criteria": {"fixStatuses": ["maybe"]}},
        {"criteria": {"digests": ["latest"]}},
        {"criteria": {"repositories": ["A"]}},
        {"criteria": {"tags": [""]}},
        {"scope": {"registry": "https://contoso"}},
        {"scope": {"repository": "A"}},
        {"scope": {"digest": "latest"}},
        {"scope": {"tag": "v1"}},
        {"expires": "soon"},
        {"expires": "2027-01-01T00:00:00"},
        {"id": "mine"},
        {"state": "active"},
    ],
)
def test_a_body_that_cannot_be_used_is_a_bad_request(changes: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        parse(**changes)
    assert (refused.value.status, refused.value.code) == (400, "InvalidParameter")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b'{"criteria":' * 50_000, b'"\\ud800"'])
def test_what_is_no_object_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        parse_new_rule(body, "rule-1", "me")
    assert refused.value.status == 400


@given(st.one_of(st.binary(), st.text().map(lambda text: json.dumps({"reason": text}).encode())))
def test_no_body_whatsoever_is_more_than_a_bad_request(body: bytes) -> None:
    with pytest.raises(ApiError):
        parse_new_rule(body, "rule-1", "me")


def test_a_rule_is_shown_with_its_state_and_in_camel_case() -> None:
    rule = Rule("r", RuleScope(digest=digest(1)), Criteria(("CVE-1",)), "why", "me", START, expires=at(5))
    shown = rule_body(rule, at(5))
    assert set(shown) == {
        "id",
        "scope",
        "criteria",
        "reason",
        "author",
        "created",
        "expires",
        "removed",
        "changed",
        "revision",
        "state",
    }
    assert (shown["state"], shown["created"], shown["criteria"]["findingIds"]) == (
        "expired",
        "2026-11-02T10:00:00Z",
        (),
    )


def test_an_expiry_is_kept_in_utc_and_one_that_utc_cannot_hold_is_refused() -> None:
    assert str(parse(expires="2026-11-02T11:10:00+01:00").expires) == "2026-11-02 10:10:00+00:00"
    with pytest.raises(ApiError, match="expires"):
        parse(expires="9999-12-31T23:59:59-14:00")
