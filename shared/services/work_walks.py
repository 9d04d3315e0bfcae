"""Work off the queue ``walks``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from shared.domain.messages import Walk, WalkMessage
from shared.projections.dead_letters import WALKS, DeadLetters
from shared.services.commands import Clock
from shared.services.walk import InvalidWalk, Walker, Walking, letter_id


@dataclass(frozen=True)
class WorkWalks:
    """Takes walks a slice further."""

    walker: Walker
    walks: Mapping[Walk, Walking]
    dead_letters: DeadLetters
    now: Clock

    def __call__(self, text: bytes) -> None:
        """Do what a message asks for; one that cannot be read, or names no place, becomes a dead letter at once."""
        try:
            self.go_on(decoded(text))
        except InvalidWalk as error:
            self._keep(text, text, str(error))

    def go_on(self, message: WalkMessage) -> None:
        """Take a walk a slice further; raise InvalidWalk."""
        self.walker.go_on(message, self.walks[message.walk])

    def give_up(self, text: bytes) -> None:
        """Keep a message that failed at every attempt as a dead letter; the sweep's timer and ``requeue`` try again."""
        try:
            letter = letter_id(decoded(text)).encode()
        except InvalidWalk:
            letter = text
        self._keep(letter, text, "a walk failed or was stopped at every attempt: the log has its errors")

    def _keep(self, letter: bytes, text: bytes, error: str) -> None:
        said = text.decode("utf-8", "replace")
        self.dead_letters.add(WALKS, letter.decode("utf-8", "replace"), error, said, self.now())


def decoded(text: bytes | str) -> WalkMessage:
    """Read a message of the queue; raise InvalidWalk."""
    try:
        return msgspec.json.decode(text, type=WalkMessage)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidWalk(f"this is no message of a walk: {error}") from error
