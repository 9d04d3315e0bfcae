"""Registries that Azure has no longer."""

from __future__ import annotations

from functools import partial

from shared.domain import watched_registry
from shared.domain.events import DisabledBecause, RegistryDisabled, RegistryEnabled, RegistrySource
from shared.eventlog.streams import registry_stream
from shared.services.commands import command
from tests.support.memory_app import MemoryApp


def remove_registry(app: MemoryApp, registry: str) -> None:
    """Let the log say that Azure has a registry no longer."""
    for event in (
        RegistryEnabled(RegistrySource.DISCOVERY, location="westeurope"),
        RegistryDisabled(RegistrySource.DISCOVERY, DisabledBecause.REMOVED),
    ):
        told = command(type(event).__name__, event, at=app.world.clock(), actor="azure", cause="discovery")
        decide = partial(watched_registry.say, event=event)
        app.transactor.run(registry_stream(registry), watched_registry.fold, told, decide)
    app.registry_reader.forget()
