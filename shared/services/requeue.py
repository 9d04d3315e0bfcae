"""Take dead letters up again: streams are projected from where their rows stand, events received anew, walks go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain.messages import Hint
from shared.eventlog.failures import is_transient
from shared.eventlog.keys import unescape
from shared.projections.dead_letters import NOTICES, PROJECTIONS, REGISTRY_EVENTS, WALKS, DeadLetter, DeadLetters
from shared.registry.events import IgnoredEvent
from shared.services.project import Project
from shared.services.receive_event import ReceivedEvent, ReceiveEvent
from shared.services.work_walks import WorkWalks, decoded


class _EventText(msgspec.Struct):
    """What a dead letter keeps of an event."""

    type: object
    source: object
    data: object
    time: datetime | None = None


@dataclass(frozen=True)
class Requeue:
    """Works off dead letters; one that fails again stays, with its new error."""

    dead_letters: DeadLetters
    project: Project
    receive_event: ReceiveEvent
    work_walks: WorkWalks

    def letters(self, wanted: str | None = None) -> Iterator[DeadLetter]:
        """Yield the letters of a stream or of an id, or all."""
        for source in (PROJECTIONS, REGISTRY_EVENTS, NOTICES, WALKS):
            for letter in self.dead_letters.all(source):
                if wanted is None or wanted in (letter.id, unescape(letter.id), letter.content):
                    yield letter

    def __call__(self, letter: DeadLetter) -> str:
        """Take one letter up again and forget it; return the error (empty for none) where that failed.

        Errors of the moment are raised.
        """
        try:
            self._again(letter)
        except IgnoredEvent:
            pass  # it asks for nothing any more
        except Exception as error:
            if is_transient(error):
                raise
            told = f"{type(error).__name__}: {error}"
            self.dead_letters.add(letter.source, unescape(letter.id), told, letter.content, letter.at)
            return told
        self.dead_letters.remove(letter)
        return ""

    def _again(self, letter: DeadLetter) -> None:
        if letter.source in (PROJECTIONS, NOTICES):
            self.project(_hint(letter.content))
            return
        if letter.source == WALKS:
            self.work_walks.go_on(decoded(letter.content))
            return
        event = msgspec.json.decode(letter.content, type=_EventText)
        received = ReceivedEvent(unescape(letter.id), event.type, event.source, event.data, event.time)
        self.receive_event.record(received)


def _hint(content: str) -> Hint:
    # Earlier versions kept the message itself.
    return msgspec.json.decode(content, type=Hint) if content.startswith("{") else Hint(stream=content)
