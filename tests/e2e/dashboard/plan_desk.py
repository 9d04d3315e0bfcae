"""The plan and the registries of a product, changed by the product's own decisions, without a storage account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.api.errors import ApiError
from shared.api.plan import parse_plan_change, plan_body
from shared.domain.events import Meta, RecordedEvent
from shared.domain.plan import InvalidPlanChange, Plan, evolve, turn
from shared.services.query_registries import RegistryAnswer
from tests.e2e.dashboard.rule_desk import CALLER


@dataclass
class PlanDesk:
    """Answers ``/api/plan``. ``readonly`` refuses whatever writes, as for a reader."""

    now: datetime = datetime(2026, 11, 22, 10, tzinfo=UTC)
    plan: Plan = field(default_factory=Plan)
    readonly: bool = False

    def answer(self, method: str, body: bytes) -> dict[str, Any]:
        """Return the body of a read or a change; raise ApiError."""
        if method == "PUT":
            self._change(body)
        return plan_body(self.plan)

    def _change(self, body: bytes) -> None:
        if self.readonly:
            raise ApiError(403, "AuthorizationFailed", "'grace' needs the app role Security Admin for this")
        wanted = parse_plan_change(body)
        meta = Meta(self.now, self.now, CALLER, "event-1", "event-1")
        try:
            for number, event in enumerate(turn(self.plan, on=wanted.enabled, reason=wanted.reason), start=1):
                self.plan = evolve(self.plan, RecordedEvent(number, event, meta))
        except InvalidPlanChange as error:
            raise ApiError(400, "InvalidParameter", str(error)) from error


def registry_bodies(registries: Sequence[RegistryAnswer]) -> list[Any]:
    """Return registries as ``GET /api/registries`` lists them."""
    return [msgspec.to_builtins(one) for one in registries]
