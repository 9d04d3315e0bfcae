"""Turn the plan of the subscription on or off. What happened while it was off is made up for by a reconciliation."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import plan
from shared.domain.plan import Plan
from shared.eventlog.transact import Transactor
from shared.projections.plan import PlanReader
from shared.services.commands import Clock, command
from shared.services.reconciliation.start_sweeps import StartSweeps


@dataclass(frozen=True)
class ChangePlan:
    """Appends ``plan-enabled`` and ``plan-disabled``; what is so already adds nothing."""

    reader: PlanReader
    transactor: Transactor
    start_sweeps: StartSweeps
    now: Clock

    def __call__(self, *, on: bool, reason: str, actor: str, request_id: str) -> Plan:
        """Return the plan as it is then; raise InvalidPlanChange without a reason."""
        told = command(f"plan-{request_id}", (on, reason), at=self.now(), actor=actor, cause=request_id)
        self.transactor.run(self.reader.stream, plan.fold, told, lambda state: plan.turn(state, on=on, reason=reason))
        # Also where it was on before: the sweep of a request that died here is begun by its repetition.
        if on:
            self.start_sweeps()
        return self.reader()
