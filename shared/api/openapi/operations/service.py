"""The bill, and the service itself."""

from shared.api.openapi.bodies import Score, Statement, Status
from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, MONTH, OF_IMAGES

SERVICE = (
    Operation(
        "get_billing",
        "get",
        "/api/billing",
        "Show the statement of a month: every charge with the event behind it.",
        {200: Answer("The statement.", Statement)},
        (MONTH, AS_OF),
        errors={400: ("InvalidParameter", "A parameter cannot be used.")},
    ),
    Operation(
        "get_score",
        "get",
        "/api/score",
        "Show the secure score of everything, or of a registry or repository.",
        {200: Answer("The score.", Score, caveat=True)},
        (*OF_IMAGES[:2], AS_OF),
        errors={400: ("InvalidParameter", "A parameter cannot be used.")},
    ),
    Operation(
        "get_status",
        "get",
        "/api/status",
        "Show feeds and their age, queue depths, dead letters and versions.",
        {200: Answer("The status.", Status)},
    ),
    Operation(
        "get_openapi",
        "get",
        "/api/openapi.json",
        "Describe this API.",
        {200: Answer("This document.", media_types=("application/json",))},
    ),
)
