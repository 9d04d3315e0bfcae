"""The plan, and the registries that it covers."""

from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, PAGES
from shared.api.plan import PlanBody, PlanChange
from shared.services.query_registries import RegistryAnswer

_BAD = {400: ("InvalidParameter", "A parameter or the body cannot be used.")}

PLAN = (
    Operation(
        "get_plan",
        "get",
        "/api/plan",
        "Show whether images are scanned and charged.",
        {200: Answer("The plan.", PlanBody)},
        (AS_OF,),
        errors=_BAD,
    ),
    Operation(
        "change_plan",
        "put",
        "/api/plan",
        "Turn the plan on or off.",
        {200: Answer("The plan as it is then.", PlanBody)},
        (),
        PlanChange,
        {"enabled": False, "reason": "the subscription is wound up"},
        _BAD,
    ),
    Operation(
        "list_registries",
        "get",
        "/api/registries",
        "List the registries that are or were watched, with their state and their last reconciliation.",
        {200: Answer("The registries.", RegistryAnswer, listed=True)},
        (AS_OF, *PAGES),
        errors=_BAD,
    ),
)
