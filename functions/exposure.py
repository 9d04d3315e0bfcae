"""Over HTTP: how long findings are, or have been, open."""

import azure.functions as func

from functions.answers import answer, answers
from functions.caveats import caveats
from functions.times import as_of
from shared.api import parameters
from shared.api.exposure import exposure_question
from shared.api.paging import PageRequest, page
from shared.bootstrap import app
from shared.services.query_exposure import open_and_worst_first

blueprint = func.Blueprint()


@blueprint.function_name("get_exposure")
@blueprint.route(route="api/exposure", methods=["GET"])
@answers
def get_exposure(req: func.HttpRequest) -> func.HttpResponse:
    """Show times to remediate, shares within targets and what is open, in all and in parts."""
    asked = exposure_question(req.params, app().clock())
    return answer(app().query_exposure(asked), caveat=app().query_caveats(asked.end).everywhere)


@blueprint.function_name("list_exposure")
@blueprint.route(route="api/images/{registry}/{digest}/exposure", methods=["GET"])
@answers
def list_exposure(req: func.HttpRequest) -> func.HttpResponse:
    """List the clock of every finding that an image has, or had; open ones first."""
    about = parameters.image_id(req.route_params["registry"], req.route_params["digest"])
    told = app().query_exposure.one(about, as_of(req) or app().clock())
    asked = PageRequest.parse(req.params.get("top"), req.params.get("skipToken"), req.url)
    return answer(
        {**page(told.clocks, open_and_worst_first, asked), "image": told.image}, caveat=caveats(req).everywhere
    )
