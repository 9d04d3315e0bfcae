"""Findings over all images over HTTP: which images have a flaw or a package."""

import azure.functions as func

from functions.answers import answer, answers
from functions.caveats import caveats
from functions.times import as_of
from shared.api import parameters
from shared.api.findings import doubts_body, found_body
from shared.api.paging import PageRequest, page
from shared.bootstrap import app
from shared.services.query_findings import FindingPosition

blueprint = func.Blueprint()


@blueprint.function_name("find_findings")
@blueprint.route(route="api/findings", methods=["GET"])
@answers
def find_findings(req: func.HttpRequest) -> func.HttpResponse:
    """List findings over all images, worst first, each with its image."""
    asked = PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
    at = as_of(req)
    criteria = parameters.finding_criteria(req.params)
    answered = app().query_findings(criteria, at, after=asked.position(FindingPosition), most=asked.enough)
    found = page(answered.found, lambda one: one.position, asked)
    signals = app().signals.as_of(at)
    value = [found_body(one.image, one.judged, signals) for one in found["value"]]
    return answer({**found, "value": value, **doubts_body(answered)}, caveat=caveats(req).everywhere)
