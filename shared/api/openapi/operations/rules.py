"""Disable rules."""

from shared.api.openapi.bodies import StatedRule
from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, PAGES, REASON, RULE_REQUEST_ID
from shared.api.rules import NewRule

_BAD = {400: ("InvalidParameter", "A parameter or the body cannot be used.")}
_NOT_FOUND = {404: ("RuleNotFound", "No rule has this id.")}

RULES = (
    Operation(
        "list_rules",
        "get",
        "/api/rules",
        "List all rules ever made, with their state, newest first.",
        {200: Answer("The rules.", StatedRule, listed=True)},
        (AS_OF, *PAGES),
        errors=_BAD,
    ),
    Operation(
        "make_rule",
        "post",
        "/api/rules",
        "Make a rule that takes findings out of health.",
        {201: Answer("The rule.", StatedRule, headers={"Location": "Where the rule is."})},
        (RULE_REQUEST_ID,),
        NewRule,
        {
            "criteria": {"cves": ["CVE-2026-0001"]},
            "scope": {"repository": "team/app"},
            "reason": "the code is not reachable",
            "expires": "2030-01-01T00:00:00Z",
        },
        _BAD,
    ),
    Operation(
        "get_rule",
        "get",
        "/api/rules/{id}",
        "Show one rule.",
        {200: Answer("The rule.", StatedRule)},
        (AS_OF,),
        errors={**_BAD, **_NOT_FOUND},
    ),
    Operation(
        "remove_rule",
        "delete",
        "/api/rules/{id}",
        "Take a rule back: its findings count again.",
        {200: Answer("The rule, removed.", StatedRule)},
        (REASON,),
        errors=_NOT_FOUND,
    ),
)
