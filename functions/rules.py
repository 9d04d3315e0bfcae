"""Disable rules over HTTP."""

import uuid
from datetime import datetime

import azure.functions as func

from functions.answers import answer, answers, answers_readers
from functions.caller import caller
from functions.times import as_of
from shared.api import parameters
from shared.api.openvex import imported_body, parse_openvex, parse_within
from shared.api.paging import PageRequest, page
from shared.api.rules import (
    newest_first,
    parse_changed_rule,
    parse_new_rule,
    parse_preview,
    rule_body,
    rule_history_body,
)
from shared.bootstrap import app, utc_now
from shared.domain.events import FindingEnabled
from shared.domain.rule_book import RuleBook
from shared.domain.rules import Rule

blueprint = func.Blueprint()


@blueprint.function_name("list_rules")
@blueprint.route(route="api/rules", methods=["GET"])
@answers
def list_rules(req: func.HttpRequest) -> func.HttpResponse:
    """List all rules ever made, with their state, newest first."""
    at = as_of(req)
    rules = sorted(_book(at).rules.values(), key=newest_first)
    asked = PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
    found = page(rules, newest_first, asked)
    return answer({**found, "value": [rule_body(rule, at or utc_now()) for rule in found["value"]]})


@blueprint.function_name("make_rule")
@blueprint.route(route="api/rules", methods=["POST"])
@answers
def make_rule(req: func.HttpRequest) -> func.HttpResponse:
    """Make a rule; a repeated ``x-ms-client-request-id`` makes none a second time."""
    given = req.headers.get("x-ms-client-request-id")
    rule_id = str(uuid.uuid5(uuid.NAMESPACE_URL, given) if given else uuid.uuid4())
    who = caller(req)
    rule = app().disable_findings.disable(parse_new_rule(req.get_body(), rule_id, who), who)
    return answer(rule_body(rule, utc_now()), 201, {"Location": f"/api/rules/{rule.id}"})


@blueprint.function_name("get_rule")
@blueprint.route(route="api/rules/{id}", methods=["GET"])
@answers
def get_rule(req: func.HttpRequest) -> func.HttpResponse:
    """Show one rule."""
    at = as_of(req)
    return answer(rule_body(_rule(req.route_params["id"], at), at or utc_now()))


@blueprint.function_name("change_rule")
@blueprint.route(route="api/rules/{id}", methods=["PUT"])
@answers
def change_rule(req: func.HttpRequest) -> func.HttpResponse:
    """Write a rule anew, from the revision that was read; what it was before stays in its history."""
    who = caller(req)
    change = parse_changed_rule(req.get_body(), req.route_params["id"], who)
    return answer(rule_body(app().disable_findings.change(change, who), utc_now()))


@blueprint.function_name("list_rule_history")
@blueprint.route(route="api/rules/{id}/history", methods=["GET"])
@answers
def list_rule_history(req: func.HttpRequest) -> func.HttpResponse:
    """List how a rule was made, changed and taken back, newest first."""
    return answer({"value": rule_history_body(app().disable_findings.history(req.route_params["id"], as_of(req)))})


@blueprint.function_name("preview_rule")
@blueprint.route(route="api/rules/preview", methods=["POST"])
@answers_readers
def preview_rule(req: func.HttpRequest) -> func.HttpResponse:
    """Say what a rule would hide, and what would become of the health of which images; nothing is written."""
    previewed = app().preview_rule(parse_preview(req.get_body(), caller(req)))
    return answer(previewed, caveat=app().query_caveats(None).everywhere)


@blueprint.function_name("import_openvex")
@blueprint.route(route="api/rules/openvex", methods=["POST"])
@answers
def import_openvex(req: func.HttpRequest) -> func.HttpResponse:
    """Bring the rules in line with an OpenVEX document; with ``preview=true`` only say what would change."""
    document, within = parse_openvex(req.get_body()), parse_within(req.params)
    preview = bool(parameters.flag("preview", req.params.get("preview")))
    importing = app().import_openvex
    plan = importing.preview(document, within) if preview else importing(document, within, caller(req))
    return answer(imported_body(document, plan, preview=preview))


@blueprint.function_name("remove_rule")
@blueprint.route(route="api/rules/{id}", methods=["DELETE"])
@answers
def remove_rule(req: func.HttpRequest) -> func.HttpResponse:
    """Take a rule back: its findings count again. The rule stays in the list as removed."""
    rule = _rule(req.route_params["id"])
    reason = req.params.get("reason", "")[:1000]
    app().disable_findings.enable(FindingEnabled(rule_id=rule.id, reason=reason, author=caller(req)))
    return answer(rule_body(_rule(rule.id), utc_now()))


def _rule(rule_id: str, at: datetime | None = None) -> Rule:
    return _book(at).rule(rule_id)


def _book(at: datetime | None) -> RuleBook:
    return app().rules.book_as_of(at) if at else app().rules.book()
