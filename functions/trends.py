"""Over HTTP: how health and findings went over time."""

import azure.functions as func

from functions.answers import answer, answers
from shared.api import parameters
from shared.api.trends import Trends, times
from shared.bootstrap import app

blueprint = func.Blueprint()


@blueprint.function_name("list_trends")
@blueprint.route(route="api/trends", methods=["GET"])
@answers
def list_trends(req: func.HttpRequest) -> func.HttpResponse:
    """List the totals of health and findings at evenly spaced times, oldest first."""
    wanted = parameters.image_filter({name: req.params.get(name, "") for name in ("registry", "repository")})
    spaced = times(req.params, app().clock())
    caveats = app().query_caveats(spaced[-1])
    return answer(Trends(app().query_trends(wanted, spaced)), caveat=caveats.everywhere)
