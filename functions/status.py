"""The service's own status over HTTP."""

import azure.functions as func

from functions.answers import answer, answers
from shared.bootstrap import app

blueprint = func.Blueprint()


@blueprint.function_name("get_status")
@blueprint.route(route="api/status", methods=["GET"])
@answers
def get_status(req: func.HttpRequest) -> func.HttpResponse:
    """Show feeds and their age, queue depths, dead letters and versions."""
    return answer(app().query_status())
