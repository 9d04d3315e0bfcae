"""The registries of the setting REGISTRIES are watched: the log says since when, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import watched_registry
from shared.domain.events import DisabledBecause, RegistryDisabled, RegistryEnabled, RegistrySource
from shared.eventlog.streams import registry_stream
from shared.eventlog.transact import Transactor
from shared.projections.registries import RegistryReader
from shared.services.commands import Clock, command
from shared.services.known_registries import KnownRegistries

_ACTOR = "settings"


@dataclass(frozen=True)
class WatchConfigured:
    """Compares the setting with the log; doing so again changes nothing."""

    registries: KnownRegistries
    reader: RegistryReader
    transactor: Transactor
    now: Clock

    def __call__(self) -> None:
        """Append what the setting says and the log does not."""
        configured = {endpoint.host for endpoint in self.registries.configured}
        for host in sorted(configured):
            resource = self.registries.resources.get(host)
            self._say(host, RegistryEnabled(RegistrySource.SETTINGS, resource.id if resource else ""))
        for host, state in self.reader.read().items():
            if host not in configured and isinstance(state.said.get(RegistrySource.SETTINGS), RegistryEnabled):
                text = "the setting REGISTRIES does not name it any more"
                said = RegistryDisabled(RegistrySource.SETTINGS, DisabledBecause.NOT_LISTED, detail=text)
                self._say(host, said)
        self.reader.forget()

    def _say(self, host: str, event: RegistryEnabled | RegistryDisabled) -> None:
        now = self.now()
        told = command(f"settings-{now.isoformat()}", event, at=now, actor=_ACTOR, cause="settings")
        self.transactor.run(
            registry_stream(host), watched_registry.fold, told, lambda state: watched_registry.say(state, event)
        )
