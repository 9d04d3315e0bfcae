"""The secure score over HTTP."""

from dataclasses import replace

import azure.functions as func

from functions.answers import answer, answers
from functions.caveats import caveats
from functions.times import as_of
from shared.api import parameters
from shared.api.score import score_body
from shared.bootstrap import app

blueprint = func.Blueprint()


@blueprint.function_name("get_score")
@blueprint.route(route="api/score", methods=["GET"])
@answers
def get_score(req: func.HttpRequest) -> func.HttpResponse:
    """Show the secure score of everything, or of a registry or repository."""
    # A score of the healthy ones only would always be the best.
    wanted = replace(parameters.image_filter(req.params), health=None)
    return answer(score_body(app().query_estate(as_of(req)).images(wanted)), caveat=caveats(req).everywhere)
