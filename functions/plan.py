"""The plan of the subscription and the registries that it covers, over HTTP."""

import uuid

import azure.functions as func
import msgspec

from functions.answers import answer, answers
from functions.caller import caller
from functions.times import as_of
from shared.api.paging import PageRequest, page
from shared.api.plan import parse_plan_change, plan_body
from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()


@blueprint.function_name("discover_registries")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("DISCOVERY_SCHEDULE", "0 3 * * * *"))
def discover_registries(timer: func.TimerRequest) -> None:
    """Look for the registries of the subscription, where there is one to look in."""
    discover = app().discover_registries
    if discover is not None:
        discover()


@blueprint.function_name("get_plan")
@blueprint.route(route="api/plan", methods=["GET"])
@answers
def get_plan(req: func.HttpRequest) -> func.HttpResponse:
    """Show whether images are scanned and charged."""
    return answer(plan_body(app().plan(as_of(req))))


@blueprint.function_name("change_plan")
@blueprint.route(route="api/plan", methods=["PUT"])
@answers
def change_plan(req: func.HttpRequest) -> func.HttpResponse:
    """Turn the plan on or off; what it is already stays as it is."""
    wanted = parse_plan_change(req.get_body())
    request_id = req.headers.get("x-ms-client-request-id") or str(uuid.uuid4())
    changed = app().change_plan(on=wanted.enabled, reason=wanted.reason, actor=caller(req), request_id=request_id)
    return answer(plan_body(changed))


@blueprint.function_name("list_registries")
@blueprint.route(route="api/registries", methods=["GET"])
@answers
def list_registries(req: func.HttpRequest) -> func.HttpResponse:
    """List the registries that are or were watched, with their state and their last reconciliation."""
    asked = PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
    found = page(app().query_registries(as_of(req)), lambda one: (one.login_server,), asked)
    return answer({**found, "value": msgspec.to_builtins(found["value"])})
