"""Times that requests ask for."""

from datetime import datetime

import azure.functions as func

from shared.api import parameters
from shared.bootstrap import app


def as_of(req: func.HttpRequest) -> datetime | None:
    """Return the time as of which a request wants its answer, None for now."""
    return parameters.as_of(req.params.get("asOf"), app().clock())
