"""What if, over HTTP."""

import azure.functions as func

from functions.answers import answer, answers_readers
from functions.caller import caller
from shared.api.errors import bad_request
from shared.api.what_if import parse_what_if
from shared.bootstrap import app
from shared.services.what_if import Bound

blueprint = func.Blueprint()


@blueprint.function_name("what_if")
@blueprint.route(route="api/what-if", methods=["POST"])
@answers_readers
def what_if(req: func.HttpRequest) -> func.HttpResponse:
    """Say what would be otherwise under a supposition; nothing is written."""
    asked = parse_what_if(req.get_body(), caller(req), app().clock())
    if asked.supposed.readers:
        raise bad_request("readers", "reading images again takes long: run `python -m cli what-if --readers`")
    return answer(app().what_if(asked, bound=Bound()), caveat=app().query_caveats(asked.until).everywhere)
