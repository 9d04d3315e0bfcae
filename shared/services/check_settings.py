"""Whether somebody who projects from outside the app does it under the app's own settings.

Other settings would give other answers: without the rules of the subscription nothing is disabled, and under another
threshold other images are unhealthy.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.stored_names import RULES_STREAM
from shared.eventlog.interface import EventLog, StreamName
from shared.projections.generations import Generations
from shared.projections.projector import Projector


class SettingsDiffer(Exception):
    """The settings are not those that the projections were made under; the message says which and what to do."""


@dataclass(frozen=True)
class CheckSettings:
    """Holds settings against what is stored."""

    log: EventLog
    generations: Generations
    projector: Projector
    rules_stream: StreamName

    def __call__(self) -> None:
        """Raise SettingsDiffer where the rules or the threshold are others than those of the live generation."""
        streams = list(self.log.streams(RULES_STREAM))
        if streams and self.rules_stream not in streams:
            found = ", ".join(stream.parts[0] for stream in streams)
            raise SettingsDiffer(f"the rules here are of subscription {found}: set SUBSCRIPTION_ID as the app has it")
        made = self.generations.live().images.threshold()
        ours = str(self.projector.threshold)
        if made is not None and made != ours:
            raise SettingsDiffer(
                f"the live projections count findings from {made!r} on, and this command would from {ours!r}: "
                "set UNHEALTHY_FROM as the app has it"
            )
