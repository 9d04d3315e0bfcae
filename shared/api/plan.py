"""The plan as the native API takes and shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shared.api.errors import bad_request
from shared.domain.plan import Plan

_LONGEST_REASON = 1000


class PlanChange(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``PUT /api/plan``: whether images are to be scanned and charged, and why."""

    enabled: bool
    reason: str


class PlanBody(msgspec.Struct):
    """Whether images are scanned and charged; the rest is null or empty where nobody ever decided on it."""

    enabled: bool
    since: datetime | None
    reason: str
    actor: str


def parse_plan_change(body: bytes) -> PlanChange:
    """Read the body of ``PUT /api/plan``; raise ApiError 400."""
    try:
        wanted = msgspec.json.decode(body, type=PlanChange)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("plan", str(error)) from error
    if len(wanted.reason) > _LONGEST_REASON:
        raise bad_request("plan", f"the reason is longer than {_LONGEST_REASON} characters")
    return wanted


def plan_body(plan: Plan) -> dict[str, Any]:
    """Give the plan."""
    return dict(msgspec.to_builtins(PlanBody(plan.enabled, plan.since, plan.reason, plan.actor)))
