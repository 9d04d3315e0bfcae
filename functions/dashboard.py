"""The dashboard: static files without any data of the organisation; the page reads the API as the user."""

import azure.functions as func

from functions.answers import answers_anybody
from shared.api.dashboard import static_file

blueprint = func.Blueprint()

# The host takes an empty route for a missing one and serves the function's name; a parameter that can only be empty
# is the root itself (azure-functions-host, pull request 1102).
_ROOT = "{page:maxlength(0)?}"


@blueprint.function_name("dashboard")
@blueprint.route(route=_ROOT, methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answers_anybody
def dashboard(req: func.HttpRequest) -> func.HttpResponse:
    """Serve the page."""
    return _serve("index.html", req)


@blueprint.function_name("dashboard_file")
@blueprint.route(route="dashboard/{name}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answers_anybody
def dashboard_file(req: func.HttpRequest) -> func.HttpResponse:
    """Serve a file of the page."""
    return _serve(req.route_params["name"], req)


def _serve(name: str, req: func.HttpRequest) -> func.HttpResponse:
    file = static_file(name)
    if req.headers.get("If-None-Match") == file.headers["ETag"]:
        return func.HttpResponse(status_code=304, headers=file.headers)
    return func.HttpResponse(file.content, headers={**file.headers, "Content-Type": file.media_type})
