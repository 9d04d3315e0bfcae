"""Begin the sweeps of all registries that are watched, or go on with those that have not come to an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.messages import SweepMessage
from shared.projections.reconciliations import SweepState, SweepStates
from shared.services.commands import Clock
from shared.services.known_registries import KnownRegistries
from shared.services.watch_configured import WatchConfigured
from shared.storage.queues import MessageQueue
from shared.storage.tables import RowChanged


@dataclass(frozen=True)
class StartSweeps:
    """Sends a message for each registry; the sweeps themselves run beside each other."""

    watch_configured: WatchConfigured
    registries: KnownRegistries
    states: SweepStates
    queue: MessageQueue
    now: Clock

    def __call__(self) -> int:
        """Begin; return how many registries are swept."""
        self.watch_configured()
        servers = self.registries.login_servers
        for registry in servers:
            self.begin(registry)
        return len(servers)

    def begin(self, registry: str) -> None:
        """Begin with one registry, or go on with it."""
        self.queue.put(SweepMessage(registry, self._sweep(registry)))

    def _sweep(self, registry: str) -> str:
        state, etag = self.states.get(registry)
        if not state.ended:
            return state.sweep_id
        now = self.now()
        sweep_id = f"sweep-{now:%Y%m%dT%H%M%S%f}"
        try:
            self.states.put(registry, _begun(state, sweep_id, now), etag)
        except RowChanged:
            return self.states.get(registry)[0].sweep_id  # somebody else began one just now
        return sweep_id


def _begun(before: SweepState, sweep_id: str, now: datetime) -> SweepState:
    return SweepState(sweep_id=sweep_id, started_at=now, ended=False, last=before.last)
