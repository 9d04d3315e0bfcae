"""Disable rules."""

from shared.api.openapi.bodies import RuleEvent, StatedRule
from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, OF_OPENVEX, PAGES, REASON, RULE_REQUEST_ID
from shared.api.openvex import Imported, OpenVex, sample
from shared.api.rules import ChangedRule, NewRule, PreviewedRule
from shared.services.preview_rule import RulePreview

_BAD = {400: ("InvalidParameter", "A parameter or the body cannot be used.")}
_NOT_FOUND = {404: ("RuleNotFound", "No rule has this id.")}
_RULE = {
    "criteria": {"cves": ["CVE-2026-0001"]},
    "scope": {"repository": "team/app"},
    "reason": "the code is not reachable",
    "expires": "2030-01-01T00:00:00Z",
}

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
        _RULE,
        {**_BAD, 409: ("RequestConflict", "The request id was used for something else.")},
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
        "change_rule",
        "put",
        "/api/rules/{id}",
        "Write a rule anew, from the revision that was read.",
        {200: Answer("The rule.", StatedRule)},
        (),
        ChangedRule,
        {**_RULE, "revision": 1},
        {**_BAD, **_NOT_FOUND, 409: ("RuleChanged", "Somebody else changed the rule since.")},
    ),
    Operation(
        "list_rule_history",
        "get",
        "/api/rules/{id}/history",
        "List how a rule was made, changed and taken back, newest first.",
        {200: Answer("The events, all of them.", RuleEvent, listed=True)},
        (AS_OF,),
        errors={**_BAD, **_NOT_FOUND},
    ),
    Operation(
        "preview_rule",
        "post",
        "/api/rules/preview",
        "Say what a rule would hide, and what would become of the health of which images; nothing is written.",
        {200: Answer("What would change.", RulePreview, caveat=True)},
        (),
        PreviewedRule,
        _RULE,
        {**_BAD, **_NOT_FOUND, 409: ("RuleChanged", "Somebody else changed the rule since.")},
    ),
    Operation(
        "import_openvex",
        "post",
        "/api/rules/openvex",
        "Bring the rules in line with an OpenVEX document.",
        {200: Answer("What was changed, or would be.", Imported)},
        OF_OPENVEX,
        OpenVex,
        sample(),
        {**_BAD, 409: ("DocumentOutdated", "A later version of the document was imported already.")},
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
