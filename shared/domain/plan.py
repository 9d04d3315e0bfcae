"""The plan of one subscription (``plan|{subscription}``): on until somebody turns it off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from shared.domain.events import DomainEvent, PlanDisabled, PlanEnabled, RecordedEvent


class InvalidPlanChange(ValueError):
    """A change of the plan that says too little."""


class Plan(msgspec.Struct, frozen=True):
    """Whether images are scanned and charged; ``since`` is when that was decided, None where nobody ever did."""

    enabled: bool = True
    since: datetime | None = None
    reason: str = ""
    actor: str = ""

    @property
    def notice(self) -> str:
        """Say that nothing is scanned, where that is so."""
        return "" if self.enabled or self.since is None else f"the plan is off since {self.since:%Y-%m-%dT%H:%M:%SZ}"


def evolve(plan: Plan, recorded: RecordedEvent) -> Plan:
    """Fold one event into the plan."""
    event, meta = recorded.event, recorded.meta
    if isinstance(event, PlanEnabled | PlanDisabled):
        return Plan(isinstance(event, PlanEnabled), meta.recorded_at, event.reason, meta.actor)
    raise TypeError(f"{type(event).__name__} does not belong into the stream of a plan")


def fold(events: Iterable[RecordedEvent]) -> Plan:
    """Fold a whole stream."""
    plan = Plan()
    for recorded in events:
        plan = evolve(plan, recorded)
    return plan


def turn(plan: Plan, *, on: bool, reason: str) -> list[DomainEvent]:
    """Decide on turning the plan on or off; raise InvalidPlanChange without a reason."""
    if not reason.strip():
        raise InvalidPlanChange("turning the plan on or off needs a reason")
    if on == plan.enabled:
        return []
    return [PlanEnabled(reason)] if on else [PlanDisabled(reason)]
