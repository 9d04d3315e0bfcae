"""Read how far the projections are behind the log, as far as that can be told without reading all of it.

Streams that lag have hints, so that the first hints of the queue are looked at. The sweep compares all streams with
their rows; what it repaired in its last whole pass is what hints had missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.domain.messages import Hint, Walk
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_of
from shared.projections.builds import BuildTable
from shared.projections.generations import Generations
from shared.projections.walks import WalkState, WalkStates, passes
from shared.services.commands import Clock
from shared.storage.queues import MessageQueue, Waiting


@dataclass(frozen=True)
class QueryLag:
    """Reads the pointer, the progress of a building, the first hints, and the sweep's findings."""

    log: EventLog
    generations: Generations
    builds: BuildTable
    walks: WalkStates
    hints: MessageQueue
    now: Clock

    def __call__(self) -> dict[str, Any]:
        """Return ``projections`` as ``GET /api/status`` shows it."""
        pointer = self.generations.pointer()
        waiting = self.hints.peek()
        walks = list(self.walks.all())
        current, last = passes([state for state in walks if state.message.walk is Walk.SWEEP])
        return {
            "live": pointer.live,
            "building": None if pointer.building is None else self._building(pointer.building),
            "kept": pointer.kept,
            "lag": self._lag(waiting),
            "sweep": {"current": current, "last": last},
            "walks": list(_under_way(walks)),
        }

    def _building(self, number: int) -> dict[str, Any]:
        build = self.builds.get(number)
        streams = {"streams": build.streams, "startedAt": build.started_at} if build else {}
        return {"number": number, "replayed": self.builds.replayed(number), **streams}

    def _lag(self, waiting: list[Waiting]) -> dict[str, Any]:
        """Say how many streams are behind, of those that the first hints name; all of them if ``complete``."""
        names = set(_streams(waiting))
        behind = [self._behind(name) for name in names]
        oldest = min((one.since for one in waiting), default=None)
        return {
            "oldestHintSeconds": None if oldest is None else max(0, round((self.now() - oldest).total_seconds())),
            "streams": sum(events > 0 for events in behind),
            "events": sum(behind),
            "complete": len(waiting) < MessageQueue.MOST_PEEKED,
        }

    def _behind(self, name: StreamName) -> int:
        row = self.generations.live().images.version(image_of(name))
        return max(0, self.log.load(name, after=_NO_EVENTS).version - row)


# A version that no stream has: the head is read and no event.
_NO_EVENTS = 1 << 31


def _streams(waiting: list[Waiting]) -> Iterator[StreamName]:
    for one in waiting:
        try:
            name = StreamName.parse(msgspec.json.decode(one.text, type=Hint).stream)
            image_of(name)
        except (ValueError, RecursionError):  # no hint, or none of an image; the errors of msgspec are ValueErrors
            continue
        if name.kind == IMAGE_STREAM:
            yield name


def _under_way(walks: list[WalkState]) -> Iterator[dict[str, Any]]:
    """Yield one entry for each walk that has not come to its end: how much is left, and since when nothing was done."""
    left = [state for state in walks if not state.ended]
    for walk, walk_id in sorted({(state.message.walk, state.message.id) for state in left}):
        parts = [state for state in left if (state.message.walk, state.message.id) == (walk, walk_id)]
        yield {
            "walk": walk,
            "startedAt": min(state.message.at for state in parts),
            "touchedAt": min(state.touched_at for state in parts),
            "partitionsLeft": len(parts),
            "streams": sum(state.message.seen.streams for state in parts),
        }
