"""Rebuild the projections: replay the log into a new generation beside the live one, compare the two, and switch.

The live generation answers all the while. Hints feed both, so that the new one is up to date when its last stream has
been replayed. A rebuild that was killed goes on where it stopped. Nothing of it is told to the outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from threading import Event

import msgspec

from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import EventLog, History, StreamName
from shared.eventlog.keys import escape
from shared.eventlog.streams import image_of, image_stream
from shared.projections import pointer
from shared.projections.builds import PARTS, Build, BuildTable, Mark
from shared.projections.dead_letters import DeadLetters
from shared.projections.generations import Generations
from shared.projections.pointer import Pointer, WrongStep
from shared.projections.projector import Projector
from shared.projections.replay import Failure, Replay
from shared.services.commands import Clock

_BATCH = 50  # streams; what is done again after a kill
_MOST_FAILED = 100  # in a part; their names are kept in one property of a row

type Advance = Callable[[int], None]
"""Told how many more streams are done."""


class RebuildStopped(Exception):
    """A rebuild was asked to stop; the next one goes on from where it is."""


class TooManyFailures(Exception):
    """So many streams cannot be projected that the cause must lie elsewhere; the next rebuild tries again."""


@dataclass(frozen=True)
class Rebuild:
    """Fills a generation. ``workers`` is how many parts of the streams are replayed at a time."""

    log: EventLog
    projector: Projector
    generations: Generations
    builds: BuildTable
    dead_letters: DeadLetters
    now: Clock
    workers: int = 4
    stopped: Event = field(default_factory=Event)

    def begin(self, *, restart: bool = False) -> Build:
        """Start a new generation, or return the one that is being built already; ``restart`` gives that one up."""
        given_up = self.generations.pointer().building if restart else None
        if given_up is not None:
            self.generations.change(pointer.abandon)
            self.generations.number(given_up).drop()
        number = self.generations.change(pointer.begin).building
        assert number is not None
        self.generations.number(number).open()  # here, before several threads want to
        found = self.builds.get(number)
        if found is not None and found.revision == self.projector.revision:
            return found
        # Rows of another revision are made anew where they are: the batch is then done image by image.
        names = sorted(self.log.streams(IMAGE_STREAM), key=lambda name: escape(str(name)))
        build = Build(number, self.projector.revision, self.now(), len(names))
        self.builds.put(build, [names[len(names) * part // PARTS] for part in range(1, PARTS)] if names else ())
        return build

    def replay(self, build: Build, advance: Advance) -> list[str]:
        """Replay every stream that is not done yet; return those that could not be, whose images are not assessed.

        Raise RebuildStopped where ``stopped`` is set before the end, TooManyFailures where the cause is not in streams.
        """
        with ThreadPoolExecutor(self.workers, thread_name_prefix="replay") as pool:
            try:
                parts = list(pool.map(partial(self.replay_part, build, advance), range(PARTS)))
            except BaseException:
                self.stopped.set()
                raise
        if self.stopped.is_set():
            raise RebuildStopped(f"the rebuild of generation {build.number} was stopped")
        return [name for mark in parts for name in mark.failed if not self._mended(build, name)]

    def switch(self, build: Build) -> Pointer:
        """Make the generation that was built the live one; the one before is kept.

        Raise WrongStep where it is not being built, or not all of it has been replayed.
        """
        if not self.builds.finished(build.number):
            raise WrongStep(f"generation {build.number} has not been replayed to its end: run `rebuild` again")
        return self.generations.change(lambda found: pointer.switch(found, build.number))

    def replay_part(self, build: Build, advance: Advance, part: int) -> Mark:
        """Replay what is not done yet of a part of the streams, from 0 to PARTS - 1; return how far it is."""
        mark = self.builds.mark(build.number, part)
        advance(mark.streams)
        if mark.finished:
            return mark
        replay = Replay(self.projector, self.generations.number(build.number))
        for histories in self._batches(mark):
            if self.stopped.is_set():
                return mark
            failures = replay(histories)
            mark = _further(mark, histories, failures)
            self._keep(failures)
            self.builds.put_mark(build.number, part, mark)
            advance(len(histories))
        mark = msgspec.structs.replace(mark, finished=True)
        self.builds.put_mark(build.number, part, mark)
        return mark

    def _batches(self, mark: Mark) -> Iterator[tuple[History, ...]]:
        after, last = mark.bounds
        return batched(self.log.histories(IMAGE_STREAM, after=after, last=last), _BATCH, strict=False)

    def _mended(self, build: Build, name: str) -> bool:
        """Try once more what failed: an upgrade or a requeue may have mended it since."""
        about = image_of(StreamName.parse(name))
        try:
            self.projector.into(self.generations.number(build.number), about)
        except Exception as error:
            if is_transient(error):
                raise
            self._keep([Failure(about, error)])
            return False
        return True

    def _keep(self, failures: list[Failure]) -> None:
        for failure in failures:
            self.dead_letters.stall(image_stream(failure.image), failure.error, self.now())
            self.projector.stall(failure.image)


def _further(mark: Mark, done: Sequence[History], failures: list[Failure]) -> Mark:
    failed = (*mark.failed, *(str(image_stream(failure.image)) for failure in failures))
    if len(failed) > _MOST_FAILED:
        raise TooManyFailures(f"more than {_MOST_FAILED} streams cannot be projected, the last: {failures[-1].error}")
    return Mark(str(done[-1].name), mark.last, mark.streams + len(done), failed=failed)
