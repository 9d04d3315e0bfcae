"""Read which registries are watched: since when, how they were last reconciled, and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain.events import RegistrySource, RegistrySwept
from shared.domain.image_health import ImageHealth
from shared.domain.watched_registry import WatchedRegistry
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import sweep_stream
from shared.projections.reconciliations import SweepStates
from shared.projections.registries import RegistryReader
from shared.services.known_registries import KnownRegistries
from shared.services.query_images import ImageFilter, QueryImages


class RegistryAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """One registry as ``GET /api/registries`` shows it.

    ``state`` is ``enabled``, ``failed`` (watched, but its events do not arrive), ``excluded``, ``removed`` or
    ``not-listed``. ``images`` are those that lie in it, ``last_push`` is the latest that is known of any of them.
    """

    login_server: str
    resource_id: str
    location: str
    state: str
    reason: str
    sources: tuple[RegistrySource, ...]
    since: datetime | None
    images: int
    last_push: datetime | None
    last_reconciliation: RegistrySwept | None
    reconciling: bool


@dataclass(frozen=True)
class QueryRegistries:
    """Answers from the log; only how far a sweep is stands elsewhere."""

    reader: RegistryReader
    registries: KnownRegistries
    states: SweepStates
    log: EventLog
    images: QueryImages

    def __call__(self, at: datetime | None) -> list[RegistryAnswer]:
        """Return all registries that were ever watched, by login server, as of now or of a time."""
        known = dict(self.reader.read(at))
        if at is None:  # one of the settings that no timer has come to yet is watched all the same
            known |= {host: WatchedRegistry() for host in self.registries.login_servers if host not in known}
        lying: dict[str, list[ImageHealth]] = {}
        for answer in self.images.images_matching(ImageFilter(), at):
            lying.setdefault(answer.health.registry, []).append(answer.health)
        return [self._answer(host, state, lying.get(host, ()), at) for host, state in sorted(known.items())]

    def _answer(
        self, host: str, state: WatchedRegistry, lying: Sequence[ImageHealth], at: datetime | None
    ) -> RegistryAnswer:
        pushes = [image.last_pushed for image in lying if image.last_pushed is not None]
        sweep = self.states.get(host)[0] if at is None else None
        watched = state.enabled or (at is None and self.registries.allowed(host))
        return RegistryAnswer(
            login_server=host,
            resource_id=state.resource_id,
            location=state.location,
            state="enabled" if watched and not state.enabled else state.state,
            reason=state.reason,
            sources=tuple(sorted(state.wanted_by)),
            since=state.since,
            images=len(lying),
            last_push=max(pushes, default=None),
            last_reconciliation=sweep.last if sweep else self._swept(host, at),
            reconciling=sweep is not None and not sweep.ended,
        )

    def _swept(self, host: str, at: datetime | None) -> RegistrySwept | None:
        events = self.log.load(sweep_stream(host)).events
        then = [one.event for one in events if at is None or one.meta.recorded_at <= at]
        return next((event for event in reversed(then) if isinstance(event, RegistrySwept)), None)
