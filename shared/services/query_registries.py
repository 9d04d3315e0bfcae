"""Read which registries are watched: since when, how they were last reconciled, and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from shared.domain.events import RegistrySource, RegistrySwept, ScanFailed
from shared.domain.failures import ACCESS, FailureReason
from shared.domain.image_health import ImageHealth
from shared.domain.references import ImageId
from shared.domain.watched_registry import WatchedRegistry
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream, sweep_stream
from shared.projections.reconciliations import SweepStates
from shared.projections.registries import RegistryReader
from shared.services.known_registries import KnownRegistries
from shared.services.query_images import ImageFilter, QueryImages

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class AccessFailure(msgspec.Struct, frozen=True, rename="camel"):
    """Why images of a registry could not be read: what was tried, how it failed and what to do.

    ``images`` are those whose last scan failed on the way to the registry; the rest is of the one pushed last.
    """

    reason: FailureReason
    message: str
    time: datetime
    images: int


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
    access_failure: AccessFailure | None


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
            access_failure=self._access_failure([image for image in lying if image.failure in ACCESS], at),
        )

    def _access_failure(self, failed: Sequence[ImageHealth], at: datetime | None) -> AccessFailure | None:
        if not failed:
            return None
        # One stream for each registry, however many images failed alike.
        told = max(failed, key=lambda image: (image.last_pushed or _LONG_AGO, image.digest))
        events = self.log.load(image_stream(ImageId(told.registry, told.digest))).events
        then = [one for one in events if at is None or one.meta.recorded_at <= at]
        for one in reversed(then):
            if isinstance(one.event, ScanFailed):
                return AccessFailure(one.event.reason, one.event.message, one.meta.occurred_at, len(failed))
        return None

    def _swept(self, host: str, at: datetime | None) -> RegistrySwept | None:
        events = self.log.load(sweep_stream(host)).events
        then = [one.event for one in events if at is None or one.meta.recorded_at <= at]
        return next((event for event in reversed(then) if isinstance(event, RegistrySwept)), None)
