"""Look for the registries of the subscription: watch what is new, have its events delivered, notice what is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain import watched_registry
from shared.domain.discovery import DiscoveryMode
from shared.domain.events import DisabledBecause, RegistryDisabled, RegistryEnabled, RegistrySource
from shared.domain.exclusions import Exclusions
from shared.domain.registry_resources import parse_resource_id
from shared.eventlog.streams import registry_stream
from shared.eventlog.transact import Transactor
from shared.projections.discoveries import Discovery, DiscoveryTable
from shared.projections.registries import RegistryReader
from shared.services.commands import Clock, command
from shared.services.reconciliation.start_sweeps import StartSweeps
from shared.subscription.interface import ListedRegistry, ManagementFailure, Subscription

_log = logging.getLogger(__name__)
_ACTOR = "discovery"


@dataclass(frozen=True)
class DiscoverRegistries:
    """Doing it again changes nothing; what fails for one registry keeps no other from being watched."""

    subscription: Subscription
    mode: DiscoveryMode
    exclusions: Exclusions
    reader: RegistryReader
    transactor: Transactor
    start_sweeps: StartSweeps
    discoveries: DiscoveryTable
    now: Clock

    def __call__(self) -> Discovery:
        """Look once; return, and keep for the status, what came of it."""
        started = self.now()
        try:
            listed = list(self.subscription.registries())
            problems = [self._enroll(registry) for registry in listed]
            gone = self._gone({registry.login_server for registry in listed})
        except ManagementFailure as failure:
            # Nobody knows what is there: everything stays as it is.
            _log.warning("the registries of the subscription cannot be listed: %s", failure.message)
            done = Discovery(started, ended_at=self.now(), problem=failure.message)
        else:
            failed = sum(bool(problem) for problem in problems)
            done = Discovery(started, self.now(), registries=len(listed), failed=failed, removed=gone)
        self.discoveries.put(done)
        return done

    def _enroll(self, registry: ListedRegistry) -> str:
        """Watch a registry or leave it out; return what is wrong with it."""
        about = registry.resource.id, registry.location
        why = self.exclusions.why(registry.resource, registry.tags)
        if why:
            out = RegistryDisabled(RegistrySource.DISCOVERY, DisabledBecause.EXCLUDED, *about, why)
            self._say(registry.login_server, out)
            return ""
        problem = self._connect(registry) if self.mode is DiscoveryMode.ENROLL else ""
        if self._say(registry.login_server, RegistryEnabled(RegistrySource.DISCOVERY, *about, problem)):
            # What was pushed before its events arrive is found now and not tomorrow.
            self.start_sweeps.begin(registry.login_server)
        return problem

    def _connect(self, registry: ListedRegistry) -> str:
        problems = []
        for step in (self.subscription.deliver_events, self.subscription.log_pulls):
            try:
                step(registry)
            except ManagementFailure as failure:
                _log.warning("registry %s: %s", registry.login_server, failure.message)
                problems.append(failure.message)
        return "; ".join(problems)

    def _gone(self, listed: Iterable[str]) -> int:
        there = set(listed)
        gone = 0
        for host, state in self.reader.read().items():
            said = state.said.get(RegistrySource.DISCOVERY)
            removed = isinstance(said, RegistryDisabled) and said.because is DisabledBecause.REMOVED
            if said is None or removed or host in there:
                continue
            if self.subscription.has(parse_resource_id(host, said.resource_id)):
                continue  # Azure has it, whatever its list says
            text = "the subscription has it no longer"
            event = RegistryDisabled(
                RegistrySource.DISCOVERY, DisabledBecause.REMOVED, said.resource_id, said.location, text
            )
            gone += self._say(host, event)
        return gone

    def _say(self, host: str, event: RegistryEnabled | RegistryDisabled) -> bool:
        now = self.now()
        told = command(f"discovery-{now.isoformat()}", event, at=now, actor=_ACTOR, cause="discovery")
        appended = self.transactor.run(
            registry_stream(host), watched_registry.fold, told, lambda state: watched_registry.say(state, event)
        )
        self.reader.forget()
        return bool(appended.events)
