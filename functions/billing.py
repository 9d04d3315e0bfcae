"""The bill over HTTP."""

import azure.functions as func

from functions.answers import answer, answers
from functions.times import as_of
from shared.api import parameters
from shared.api.billing import statement_body
from shared.bootstrap import app, utc_now

blueprint = func.Blueprint()


@blueprint.function_name("get_billing")
@blueprint.route(route="api/billing", methods=["GET"])
@answers
def get_billing(req: func.HttpRequest) -> func.HttpResponse:
    """Show the statement of a month: every charge with the event behind it."""
    month = parameters.month("month", req.params.get("month"), utc_now())
    charges = app().query_billing.charges(month, as_of(req))
    return answer(statement_body(month, charges))
