"""The gate for pipelines over HTTP."""

import azure.functions as func

from functions.answers import answer, answers
from shared.api import parameters
from shared.api.gate import gate_answer, parse_policy
from shared.bootstrap import app

blueprint = func.Blueprint()


@blueprint.function_name("get_gate")
@blueprint.route(route="api/images/{registry}/{digest}/gate", methods=["GET"])
@answers
def get_gate(req: func.HttpRequest) -> func.HttpResponse:
    """Say whether a pipeline may go on with an image, or with all images of an index."""
    about = parameters.image_id(req.route_params["registry"], req.route_params["digest"])
    policy = parse_policy(req.params)
    told = gate_answer(about, policy, app().query_gate(about, policy))
    return answer(told.body, told.status, told.headers, caveat=app().query_caveats(None).everywhere)
