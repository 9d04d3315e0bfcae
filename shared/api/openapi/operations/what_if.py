"""What if."""

from shared.api.openapi.interface import Answer, Operation
from shared.api.what_if import WhatIfBody
from shared.domain.what_if import WhatIfAnswer

WHAT_IF = (
    Operation(
        "what_if",
        "post",
        "/api/what-if",
        "Say what would be otherwise under other rules, settings or advisories; nothing is written.",
        {200: Answer("What would be otherwise.", WhatIfAnswer, caveat=True)},
        (),
        WhatIfBody,
        {"unhealthyFrom": "high", "from": "2026-10-01T00:00:00Z"},
        {
            400: ("InvalidParameter", "The body cannot be used."),
            404: ("RuleNotFound", "No rule has this id, or no snapshot of this name is kept."),
            409: ("WhatIfTooLong", "It takes longer than a request may: the command takes its time."),
            413: ("TooManyImages", "There are more images than a request may compare."),
        },
    ),
)
