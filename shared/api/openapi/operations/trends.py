"""How health and findings went over time."""

from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import OF_WINDOW, POINTS
from shared.api.trends import Trends

_BAD = {400: ("InvalidParameter", "A parameter cannot be used.")}

TRENDS = (
    Operation(
        "list_trends",
        "get",
        "/api/trends",
        "List how many images of each health and findings of each severity there were, oldest first.",
        {200: Answer("The totals at each time, as the list of images as of it adds up to.", Trends)},
        (*OF_WINDOW, POINTS),
        errors=_BAD,
    ),
)
