"""Work off the queue ``projections``: bring what a stream is about up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from shared.domain.messages import Hint
from shared.domain.references import ImageId
from shared.domain.stored_names import IMAGE_STREAM, RULES_STREAM
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import StreamName
from shared.eventlog.streams import image_of, image_stream
from shared.projections.dead_letters import NOTICES, PROJECTIONS, DeadLetters
from shared.projections.projector import Projector
from shared.services.commands import Clock
from shared.services.note_changes import NoteChanges
from shared.trace import traced

_log = logging.getLogger(__name__)
_IMAGE_PARTS = 2


@dataclass(frozen=True)
class Project:
    """Projects an image; a change of the rules is passed on to the images that it may concern."""

    projector: Projector
    pass_on_rules: Callable[[StreamName], None]
    dead_letters: DeadLetters
    now: Clock
    note_changes: NoteChanges | None = None

    def __call__(self, hint: Hint) -> None:
        """Follow a hint; one that comes twice or too late changes nothing."""
        name = StreamName.parse(hint.stream)
        with traced(correlation_id=hint.correlation_id, stream=hint.stream):
            if name.kind == IMAGE_STREAM:
                written = self.image(image_of(name))
                if written:
                    _log.info("projected")
            elif name.kind == RULES_STREAM:
                self.pass_on_rules(name)

    def image(self, about: ImageId) -> bool:
        """Bring an image's rows up to date and note what is to be told of it; say whether any row was not."""
        written = self.projector.project(about)
        self.note(about)
        return written

    def note(self, about: ImageId) -> None:
        """Note what is to be told of an image.

        What cannot be noted becomes a dead letter of its own: the projection stands.
        """
        if self.note_changes is not None:
            try:
                self.note_changes(about)
            except Exception as error:
                if is_transient(error):
                    raise
                name = str(image_stream(about))
                self.dead_letters.add(NOTICES, name, f"{type(error).__name__}: {error}", name, self.now())

    def give_up(self, message: str) -> None:
        """Take a hint that failed at every attempt: try once more, and keep a dead letter where the stream is to blame.

        The stream is stalled until ``requeue``; all others go on. Errors of the moment are raised.
        """
        try:
            hint = msgspec.json.decode(message, type=Hint)
            name = StreamName.parse(hint.stream)
        except (msgspec.MsgspecError, RecursionError) as error:
            self.dead_letters.add(PROJECTIONS, message, f"this is no hint: {error}", message, self.now())
            return
        try:
            self(hint)
        except Exception as error:
            if is_transient(error):
                raise
            self.stall(name, error)

    def stall(self, name: StreamName, error: Exception) -> None:
        """Keep a dead letter for a stream that cannot be projected, and show its image as not assessed."""
        self.dead_letters.stall(name, error, self.now())
        if name.kind == IMAGE_STREAM and len(name.parts) == _IMAGE_PARTS:
            self.projector.stall(image_of(name))
