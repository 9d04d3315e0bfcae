"""Compare a registry with the log, repository by repository, a few minutes at a time; the end is an event.

Every run goes on where the last one stopped, also where that one was killed: what is done again finds nothing to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from shared.domain.events import RecordedEvent, RegistrySwept
from shared.domain.failures import ScanFailure
from shared.domain.messages import SweepMessage
from shared.domain.references import InvalidReference, parse_registry
from shared.eventlog.streams import sweep_stream
from shared.eventlog.transact import Transactor
from shared.projections.reconciliations import SweepState, SweepStates
from shared.registry.interface import RegistryCatalog
from shared.services.commands import Clock, command
from shared.services.reconciliation.compare_repository import CompareRepository, Comparison
from shared.services.reconciliation.known_names import KnownNames, ReadKnownNames
from shared.storage.queues import MessageQueue
from shared.storage.tables import RowChanged

_log = logging.getLogger(__name__)
_BUDGET = timedelta(minutes=5)  # of a run; a function may run for half an hour (host.json)
_EVERY = 20  # repositories; what is looked at again after a run that was killed
_LONGEST_PROBLEM = 1000


@dataclass(frozen=True)
class SweepRegistry:
    """Works off the queue ``reconciliations``; every message may come twice, or after its sweep has ended."""

    catalog: RegistryCatalog
    known: ReadKnownNames
    compare: CompareRepository
    states: SweepStates
    transactor: Transactor
    queue: MessageQueue
    now: Clock

    def __call__(self, message: SweepMessage) -> None:
        """Go on with a sweep until its end, or until the time is up; what is left is another message."""
        state, etag = self.states.get(message.registry)
        if state.ended or state.sweep_id != message.sweep_id:
            return
        run = _Run(self, message.registry, state, etag)
        try:
            run.walk()
        except RowChanged:
            _log.info("the sweep of %s goes on in another run", message.registry)
            return
        if not run.state.ended:
            self.queue.put(message)

    def give_up(self, text: bytes) -> None:
        """End a sweep that failed at every attempt (its message went to the poison queue); the next starts anew."""
        try:
            message = msgspec.json.decode(text, type=SweepMessage)
            parse_registry(message.registry)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidReference) as error:
            _log.error("a message of the queue of sweeps cannot be read: %s", error)
            return
        state, etag = self.states.get(message.registry)
        if not state.ended and state.sweep_id == message.sweep_id:
            _Run(self, message.registry, state, etag).stop("the sweep died or was stopped at every attempt")


class _Run:
    """One run over one registry."""

    def __init__(self, by: SweepRegistry, registry: str, state: SweepState, etag: str | None) -> None:
        self.by = by
        self.registry = registry
        self.state = state
        self._etag = etag
        self._seen: set[str] = set()
        self._unsaved: list[str] = []

    def walk(self) -> None:
        """Walk on from where the last run stopped. Raise RowChanged where another run does so too."""
        ends = self.by.now() + _BUDGET
        known = self.by.known(self.registry)
        self._seen = self.by.states.seen(self.registry, self.state.sweep_id)
        try:
            for number, repository in enumerate(self._names(known), start=1):
                self._compare(repository, known)
                if self.by.now() >= ends:
                    self._save()
                    return
                if number % _EVERY == 0:
                    self._save()
        except ScanFailure as failure:
            # Without the catalog nobody knows what is left to be looked at.
            self.stop(failure.message)
            return
        self._end()

    def stop(self, problem: str) -> None:
        """End the sweep without having seen everything."""
        self._change(failed=self.state.failed + 1, problem=self.state.problem or problem[:_LONGEST_PROBLEM])
        self._end()

    def _names(self, known: KnownNames) -> Iterator[str]:
        if not self.state.catalog_ended:
            for name in self.by.catalog.repositories(self.registry, self.state.after):
                yield name
                self._change(after=name)
            self._change(catalog_ended=True)
        # A repository that is not listed any more may be gone: its manifests are asked for one by one.
        for name in sorted(known):
            if name not in self._seen and any(use.present for use in known[name].values()):
                yield name

    def _compare(self, repository: str, known: KnownNames) -> None:
        if repository in self._seen:
            return
        try:
            done = self.by.compare(self.registry, repository, known.get(repository, {}), self.state.sweep_id)
        except ScanFailure as failure:
            _log.warning("repository %s of %s cannot be compared: %s", repository, self.registry, failure.message)
            problem = self.state.problem or failure.message[:_LONGEST_PROBLEM]
            self._change(failed=self.state.failed + 1, problem=problem)
            done = Comparison()
        self._seen.add(repository)
        self._unsaved.append(repository)
        self._change(
            repositories=self.state.repositories + 1,
            manifests=self.state.manifests + done.manifests,
            found=self.state.found + done.found,
            untagged=self.state.untagged + done.untagged,
            closed=self.state.closed + done.closed,
        )

    def _end(self) -> None:
        state = self.state
        assert state.started_at is not None
        swept = RegistrySwept(
            sweep_id=state.sweep_id,
            started_at=state.started_at,
            ended_at=self.by.now(),
            repositories=state.repositories,
            manifests=state.manifests,
            found=state.found,
            untagged=state.untagged,
            closed=state.closed,
            failed=state.failed,
            problem=state.problem,
        )
        told = command(
            f"swept-{state.sweep_id}",
            state.sweep_id,
            at=swept.ended_at,
            actor="reconciliation",
            cause=state.sweep_id,
        )
        self.by.transactor.run(
            sweep_stream(self.registry), tuple, told, lambda events: [] if _ended(events, state.sweep_id) else [swept]
        )
        self._change(ended=True, last=swept)
        self._save()

    def _change(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)

    def _save(self) -> None:
        self._etag = self.by.states.put(self.registry, self.state, self._etag, self._unsaved)
        self._unsaved = []


def _ended(events: tuple[RecordedEvent, ...], sweep_id: str) -> bool:
    return any(isinstance(one.event, RegistrySwept) and one.event.sweep_id == sweep_id for one in events)
