"""The description of the API over HTTP."""

import azure.functions as func

from functions.answers import answer, answers

blueprint = func.Blueprint()


@blueprint.function_name("get_openapi")
@blueprint.route(route="api/openapi.json", methods=["GET"])
@answers
def get_openapi(req: func.HttpRequest) -> func.HttpResponse:
    """Describe the native API in OpenAPI 3.1."""
    from shared.api.openapi.document import openapi_document

    return answer(openapi_document())
