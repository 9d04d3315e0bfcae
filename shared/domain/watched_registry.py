"""A registry and whether it is watched: the aggregate of the stream ``registry|{login server}``.

Settings and discovery each say for themselves whether they want it watched; one that does is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from shared.domain.events import (
    DisabledBecause,
    DomainEvent,
    RecordedEvent,
    RegistryDisabled,
    RegistryEnabled,
    RegistrySource,
)


class WatchedRegistry(msgspec.Struct, frozen=True):
    """What the two sources said last, each with the time since which it holds."""

    said: Mapping[RegistrySource, RegistryEnabled | RegistryDisabled] = {}
    since: datetime | None = None

    @property
    def enabled(self) -> bool:
        """Say whether the registry is watched."""
        return bool(self.wanted_by)

    @property
    def wanted_by(self) -> tuple[RegistrySource, ...]:
        """Give the sources that want the registry watched."""
        return tuple(source for source, event in self.said.items() if isinstance(event, RegistryEnabled))

    @property
    def resource_id(self) -> str:
        """Give the Azure resource, empty where none is known."""
        return next((event.resource_id for event in self._by_weight if event.resource_id), "")

    @property
    def location(self) -> str:
        """Give the region, empty where none is known."""
        return next((event.location for event in self._by_weight if event.location), "")

    @property
    def problem(self) -> str:
        """Say what keeps the registry's events from being delivered, where anything does."""
        return next((event.problem for event in self.said.values() if isinstance(event, RegistryEnabled)), "")

    @property
    def state(self) -> str:
        """Give the state in one word: ``enabled``, ``failed``, ``excluded``, ``removed`` or ``not-listed``."""
        if self.enabled:
            return "failed" if self.problem else "enabled"
        gone = [event.because for event in self._by_weight if isinstance(event, RegistryDisabled)]
        return str(gone[0]) if gone else "not-listed"

    @property
    def reason(self) -> str:
        """Say why the registry is not enabled, or what is wrong with it."""
        if self.enabled:
            return self.problem
        return next((event.detail for event in self._by_weight if isinstance(event, RegistryDisabled)), "")

    @property
    def caveat(self) -> str:
        """Say that the registry is gone, where that is so: what is known of its images is not kept up to date."""
        if self.state != DisabledBecause.REMOVED or self.since is None:
            return ""
        return f"its registry was removed, as is known since {self.since:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def _by_weight(self) -> list[RegistryEnabled | RegistryDisabled]:
        # Azure itself knows better than the settings what a registry is.
        order = (RegistrySource.DISCOVERY, RegistrySource.SETTINGS)
        return [self.said[source] for source in order if source in self.said]


def evolve(state: WatchedRegistry, recorded: RecordedEvent) -> WatchedRegistry:
    """Fold one event into the state; ``since`` moves only where the one word for the state changes."""
    event = recorded.event
    if not isinstance(event, RegistryEnabled | RegistryDisabled):
        raise TypeError(f"{type(event).__name__} does not belong into the stream of a registry")
    after = msgspec.structs.replace(state, said={**state.said, event.source: event})
    moved = after.state != state.state or state.since is None
    return msgspec.structs.replace(after, since=recorded.meta.recorded_at) if moved else after


def fold(events: Iterable[RecordedEvent]) -> WatchedRegistry:
    """Fold a whole stream."""
    state = WatchedRegistry()
    for recorded in events:
        state = evolve(state, recorded)
    return state


def say(state: WatchedRegistry, event: RegistryEnabled | RegistryDisabled) -> list[DomainEvent]:
    """Decide on what a source says: nothing is added where it said the same last."""
    return [] if state.said.get(event.source) == event else [event]
