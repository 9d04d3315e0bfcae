"""Bring the disable rules in line with an OpenVEX document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.events import DomainEvent, RecordedEvent
from shared.domain.openvex import Mapped, VexDocument, mapped
from shared.domain.openvex_plan import VexPlan, cause_of, plan_import
from shared.domain.rules import RuleScope
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.transact import Transactor
from shared.services.commands import Clock, command

_TOGETHER = 40  # events of one append: each may have 64 KiB, and all of them 4 MiB


@dataclass(frozen=True)
class ImportOpenVex:
    """Appends to the stream of a subscription's rules, a few dozen events at a time.

    An import that breaks off is completed by being sent again; one that was completed changes nothing.
    """

    log: EventLog
    transactor: Transactor
    stream: StreamName
    now: Clock

    def preview(self, document: VexDocument, within: RuleScope) -> VexPlan:
        """Say what an import would change; nothing is written. Raise DocumentOutdated."""
        return self._plan(document, within, mapped(document, within))

    def __call__(self, document: VexDocument, within: RuleScope, actor: str) -> VexPlan:
        """Import a document and say what was changed; raise DocumentOutdated."""
        said = mapped(document, within)
        planned = first = self._plan(document, within, said)
        while planned.events:
            self._append(document, within, said, planned.events[:_TOGETHER], actor)
            planned = self._plan(document, within, said)
        return first

    def _plan(self, document: VexDocument, within: RuleScope, said: Mapped) -> VexPlan:
        return plan_import(document, within, self.log.load(self.stream).events, said)

    def _append(
        self, document: VexDocument, within: RuleScope, said: Mapped, part: Sequence[DomainEvent], actor: str
    ) -> None:
        cause = cause_of(document, within)
        version = self.log.load(self.stream).version
        told = command(f"{cause}:{version}", part, at=self.now(), actor=actor, cause=cause)

        def decide(events: tuple[RecordedEvent, ...]) -> list[DomainEvent]:
            still = plan_import(document, within, events, said).events
            return [event for event in part if event in still]

        self.transactor.run(self.stream, tuple, told, decide)
