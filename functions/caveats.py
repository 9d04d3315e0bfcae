"""What has to be known of the answer to a request."""

import azure.functions as func

from functions.times import as_of
from shared.bootstrap import app
from shared.services.query_caveats import Caveats


def caveats(req: func.HttpRequest) -> Caveats:
    """Return the caveats as of the time that a request asks for."""
    return app().query_caveats(as_of(req))
