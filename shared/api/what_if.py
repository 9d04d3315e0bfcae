"""What is asked of ``POST /api/what-if``, and by the command of that name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from shared.api.errors import bad_request
from shared.api.rules import NewRule, supposed_rule
from shared.domain.references import InvalidReference, parse_registry, parse_repository
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix
from shared.domain.suppositions import SUPPOSED_RULE, Supposition
from shared.services.what_if import WhatIfQuestion

_CLOCK_SKEW = timedelta(minutes=5)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class WhatIfBody(
    msgspec.Struct,
    rename={"since": "from", "until": "to"}
    | {"unhealthy_from": "unhealthyFrom", "support_matrix": "supportMatrix", "advisory_snapshot": "advisorySnapshot"},
    forbid_unknown_fields=True,
):
    """What is supposed, any of it together, of which images, and over which span of time."""

    rule: NewRule | None = None
    without: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=500)] = ()
    unhealthy_from: Severity | None = None
    support_matrix: SupportMatrix | None = None
    advisory_snapshot: _Name | None = None
    readers: bool = False
    registry: _Name | None = None
    repository: _Name | None = None
    since: datetime | None = None
    until: datetime | None = None


def parse_what_if(body: bytes, caller: str, now: datetime) -> WhatIfQuestion:
    """Read a question; raise ApiError 400, also for one that supposes nothing."""
    try:
        wire = msgspec.json.decode(body, type=WhatIfBody)
        registry = parse_registry(wire.registry) if wire.registry else None
        repository = parse_repository(wire.repository) if wire.repository else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidReference) as error:
        raise bad_request("what-if", str(error)) from error
    supposed = Supposition(
        rule=supposed_rule(wire.rule, SUPPOSED_RULE, caller) if wire.rule else None,
        without=wire.without,
        unhealthy_from=wire.unhealthy_from,
        support_matrix=wire.support_matrix,
        advisory_snapshot=wire.advisory_snapshot,
        readers=wire.readers,
    )
    if supposed == Supposition():
        raise bad_request(
            "what-if",
            "nothing is supposed: name a rule, without, unhealthyFrom, supportMatrix, advisorySnapshot or readers",
        )
    since, until = _time("from", wire.since), _time("to", wire.until)
    if until is not None and until > now + _CLOCK_SKEW:
        raise bad_request("to", f"must not lie in the future: it is {now:%Y-%m-%dT%H:%M:%SZ}")
    if until is not None and until < _EARLIEST:
        raise bad_request("to", f"must not lie before {_EARLIEST:%Y}: nothing was recorded then")
    if since is not None and since >= (until or now):
        raise bad_request("from", "must lie before the end of the span of time")
    return WhatIfQuestion(supposed, registry, repository, since, until)


def _time(name: str, given: datetime | None) -> datetime | None:
    if given is None:
        return None
    if given.tzinfo is None:
        raise bad_request(name, "must have a time zone, such as the Z in 2026-11-22T10:00:00Z")
    try:
        return given.astimezone(UTC)
    except OverflowError as error:
        raise bad_request(name, "must be a time from year 1 to 9999 in UTC") from error
