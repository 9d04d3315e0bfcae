"""How health and findings went over time, and how long findings are open."""

from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, OF_WINDOW, PAGES, POINTS, SEVERITY, TARGET_DAYS
from shared.api.trends import Trends
from shared.domain.exposure import FindingExposure
from shared.services.query_exposure import ExposedImage, Exposure

_BAD = {400: ("InvalidParameter", "A parameter cannot be used.")}

TRENDS = (
    Operation(
        "list_trends",
        "get",
        "/api/trends",
        "List how many images of each health and findings of each severity there were, oldest first.",
        {200: Answer("The totals at each time, as the list of images as of it adds up to.", Trends, caveat=True)},
        (*OF_WINDOW, POINTS),
        errors=_BAD,
    ),
    Operation(
        "get_exposure",
        "get",
        "/api/exposure",
        "Show times to remediate, shares within targets and what is open, in all and in parts.",
        {200: Answer("The figures, and the findings that have been open longest.", Exposure, caveat=True)},
        (*OF_WINDOW, TARGET_DAYS, SEVERITY),
        errors=_BAD,
    ),
    Operation(
        "list_exposure",
        "get",
        "/api/images/{registry}/{digest}/exposure",
        "List the clock of every finding that an image has, or had; open ones first.",
        {
            200: Answer(
                "The clocks. Where there are none, ``image`` says whether that is good news.",
                FindingExposure,
                listed=True,
                besides={"image": ExposedImage},
                caveat=True,
            )
        },
        (AS_OF, *PAGES),
        errors={**_BAD, 404: ("ImageNotFound", "Nobody has heard of this image.")},
    ),
)
