"""Resource Graph over HTTP: queries over findings, assessments, registries and rules."""

import logging

import azure.functions as func

from functions.answers import answer, answers_readers
from functions.caller import caller
from shared.api.caveats import caveat_headers
from shared.api.errors import too_many_requests
from shared.api.resource_graph.answers import answer_body, failure, headers
from shared.api.resource_graph.requests import parse_request
from shared.bootstrap import app, utc_now
from shared.kql.failures import QueryDied, QueryFailure
from shared.services.query_quota import QuotaExceeded

blueprint = func.Blueprint()
_log = logging.getLogger(__name__)


@blueprint.function_name("query_resources")
@blueprint.route(route="providers/Microsoft.ResourceGraph/resources", methods=["POST"])
@answers_readers
def query_resources(req: func.HttpRequest) -> func.HttpResponse:
    """Answer a query; every version of the API is taken."""
    version = req.params.get("api-version", "")
    try:
        quota = app().query_quota.take(caller(req))
    except QuotaExceeded as error:
        raise too_many_requests(str(error), error.resets_after) from error
    told = headers(quota)
    request = parse_request(req.get_body(), version)
    try:
        found = app().query_resource_graph(request.order, resumed=request.resumed)
    except QueryFailure as error:
        if isinstance(error, QueryDied):
            _log.exception("a query was not answered")
        raise failure(error, request.order.text, utc_now(), told) from error
    caveats = app().query_caveats(None)
    return answer(answer_body(request, found, version), headers={**told, **caveat_headers(caveats.everywhere)})
