"""Findings, assessments and the secure score as clients of Azure Resource Manager read them."""

import azure.functions as func

from functions.answers import answer, answers
from shared.api.arm.operations import respond
from shared.api.arm.requests import ArmRequest
from shared.api.caveats import caveat_headers
from shared.bootstrap import app

blueprint = func.Blueprint()


@blueprint.function_name("arm_of_subscription")
@blueprint.route(route="subscriptions/{*path}", methods=["GET"])
@answers
def arm_of_subscription(req: func.HttpRequest) -> func.HttpResponse:
    """Answer for a subscription, a resource group or a registry."""
    return _answer("subscriptions/", req)


@blueprint.function_name("arm_of_management_group")
@blueprint.route(route="providers/Microsoft.Management/managementGroups/{*path}", methods=["GET"])
@answers
def arm_of_management_group(req: func.HttpRequest) -> func.HttpResponse:
    """Answer for a management group: for everything that is watched."""
    return _answer("providers/Microsoft.Management/managementGroups/", req)


@blueprint.function_name("arm_of_tenant")
@blueprint.route(route="providers/Microsoft.Security/{*path}", methods=["GET"])
@answers
def arm_of_tenant(req: func.HttpRequest) -> func.HttpResponse:
    """Answer with what is the same for all: metadata of recommendations, and everything that is watched."""
    return _answer("providers/Microsoft.Security/", req)


def _answer(before: str, req: func.HttpRequest) -> func.HttpResponse:
    wanted = ArmRequest.parse(before + req.route_params.get("path", ""), req.params, req.url)
    at = wanted.as_of(app().clock())
    headers = caveat_headers(app().query_caveats(at).everywhere)
    return answer(respond(wanted, lambda: app().query_estate(at)), headers=headers)
