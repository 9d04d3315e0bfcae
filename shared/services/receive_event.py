"""Receive one event of a registry: check it, and record the push or deletion that it tells of."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.registry_activity import RegistryDeletion, RegistryPush
from shared.projections.dead_letters import REGISTRY_EVENTS, DeadLetters
from shared.registry import events as registry_events
from shared.registry.events import EventKind, IgnoredEvent, InvalidEvent, RegistryEvent
from shared.services.commands import Clock
from shared.services.known_registries import KnownRegistries, RegistryRefused
from shared.services.record_deletion import RecordDeletion
from shared.services.record_push import RecordPush
from shared.trace import traced

_log = logging.getLogger(__name__)
_CLOCK_DIFFERENCE = timedelta(hours=1)  # between a registry and us, generously


@dataclass(frozen=True)
class ReceivedEvent:
    """An event as the trigger got it, of either schema; ``source`` is the topic or the CloudEvents source.

    Nothing of it was checked: a field that the sender left out is None.
    """

    id: object
    type: object
    source: object
    content: object
    time: datetime | None


@dataclass(frozen=True)
class ReceiveEvent:
    """Sorts events out; one that cannot be used is kept as a dead letter: sending it again would not mend it."""

    registries: KnownRegistries
    record_push: RecordPush
    record_deletion: RecordDeletion
    dead_letters: DeadLetters
    now: Clock

    def __call__(self, received: ReceivedEvent) -> None:
        """Record what an event says; an error of storage is raised, so that Event Grid delivers again."""
        with traced(correlation_id=received.id if isinstance(received.id, str) else ""):
            self._sort_out(received)

    def _sort_out(self, received: ReceivedEvent) -> None:
        try:
            self.record(received)
        except IgnoredEvent as reason:
            _log.info("event %s left out: %s", ascii(received.id)[:200], reason)
        except (InvalidEvent, RegistryRefused) as reason:
            _log.warning("event %s refused: %s", ascii(received.id)[:200], reason)
            self._keep(received, str(reason))

    def give_up(self, received: ReceivedEvent) -> None:
        """Keep an event as a dead letter that could not be recorded at any attempt; ``requeue`` tries again."""
        self._keep(received, "it failed at every attempt: the log of the function app says why, requeue tries again")

    def keep_unreadable(self, message_id: str, reason: str, text: str) -> None:
        """Keep what came in the place of an event."""
        self.dead_letters.add(REGISTRY_EVENTS, message_id, reason, ascii(text), self.now())

    def record(self, received: ReceivedEvent) -> None:
        """Record what an event says; raise IgnoredEvent, InvalidEvent or RegistryRefused where it cannot be used."""
        event = registry_events.parse(received.id, received.type, received.source, received.content, received.time)
        registry = self.registries.of_event(event.resource_id, event.registry)
        self._check_time(event)
        self._record(event, registry)

    def _check_time(self, event: RegistryEvent) -> None:
        # The latest push owns a tag: one that is dated far ahead would own it for ever.
        if event.at > self.now() + _CLOCK_DIFFERENCE:
            raise InvalidEvent(f"the event is dated {event.at.isoformat()}, which is yet to come")

    def _record(self, event: RegistryEvent, registry: str) -> None:
        if event.kind is EventKind.PUSHED:
            pushed = RegistryPush(
                event_id=event.id,
                registry=registry,
                repository=event.repository,
                digest=event.digest,
                tag=event.tag,
                media_type=event.media_type,
                at=event.at,
                actor=event.actor,
            )
            self.record_push(pushed)
        else:
            self.record_deletion(
                RegistryDeletion(event.id, registry, event.repository, event.digest, event.at, event.actor)
            )

    def _keep(self, received: ReceivedEvent, reason: str) -> None:
        text = _as_text(received)
        named = isinstance(received.id, str) and received.id.isprintable() and received.id
        letter_id = named or f"without-id-{hashlib.sha256(text.encode()).hexdigest()}"
        self.dead_letters.add(REGISTRY_EVENTS, letter_id, reason, text, self.now())


def _as_text(received: ReceivedEvent) -> str:
    """Write an event down in ASCII for people to look at, whatever its sender put into it."""
    try:
        shown = {"type": received.type, "source": received.source, "data": received.content, "time": received.time}
        return json.dumps(shown, default=str)
    except (ValueError, RecursionError) as error:
        return f"the event cannot be shown: {error}"
