"""The replay: fills a new generation from the log, a batch of streams at a time.

Rows are created, never replaced: where a live hint was there first, or a replay before that was killed, the batch is
done again image by image, in the way of the projector. What was created was therefore made from all that the log held
before, and every later event, or rule, comes with a hint that finds this generation. That is why one look at the rules
does for a whole batch.

The events are read a page of 1,000 rows at a time, for many streams: one read for 50 streams of 20 events, where the
head and the events of each would be 100. A stream to which something is appended meanwhile is projected as it was
before; its hint does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.references import ImageId
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import History
from shared.eventlog.streams import image_of
from shared.projections.generations import Generation
from shared.projections.image_rows import ImageRow
from shared.projections.projector import Projector, charge_of
from shared.projections.rules import RulesNow
from shared.storage.tables import RowChanged


class BrokenStream(Exception):
    """A stream lacks an event: its rows were changed by somebody else than the event log."""


@dataclass(frozen=True)
class Failure:
    """An image whose stream cannot be projected, and the error."""

    image: ImageId
    error: Exception


@dataclass(frozen=True)
class Replay:
    """Projects streams into one generation."""

    projector: Projector
    generation: Generation

    def __call__(self, histories: Sequence[History]) -> list[Failure]:
        """Project a batch, and return those that cannot be; all others are done.

        Errors of the moment are raised: the batch can be done again.
        """
        rows: list[tuple[ImageId, ImageRow]] = []
        failures: list[Failure] = []
        rules = self.projector.rules_now()
        for history in histories:
            about = image_of(history.name)
            try:
                rows.append((about, self._row(about, history, rules)))
            except Exception as error:
                if is_transient(error):
                    raise
                failures.append(Failure(about, error))
        return failures + self._write(rows)

    def _row(self, about: ImageId, history: History, rules: RulesNow) -> ImageRow:
        events = history.read()
        if [event.version for event in events] != list(range(1, len(events) + 1)):
            raise BrokenStream(f"{history.name} has not all its events from the first to the last that is there")
        return self.projector.from_events(about, events, rules)

    def _write(self, rows: Sequence[tuple[ImageId, ImageRow]]) -> list[Failure]:
        # Charges first, as the projector does: a row says that all of its image is done.
        charges = [charge_of(about, row.state) for about, row in rows]
        self.generation.billing.record_all([charge for charge in charges if charge is not None])
        registries: dict[str, list[tuple[ImageId, ImageRow]]] = {}
        for about, row in rows:
            registries.setdefault(about.registry, []).append((about, row))
        return [failure for new in registries.values() for failure in self._create(new)]

    def _create(self, new: Sequence[tuple[ImageId, ImageRow]]) -> list[Failure]:
        try:
            self.generation.images.create(new)
        except Exception as error:
            # A row that is there, or one that storage refuses, fails all of its transaction.
            if is_transient(error) and not isinstance(error, RowChanged):
                raise
            return [failure for about, _ in new if (failure := self._singly(about))]
        return []

    def _singly(self, about: ImageId) -> Failure | None:
        try:
            self.projector.into(self.generation, about)
        except Exception as error:
            if is_transient(error):
                raise
            return Failure(about, error)
        return None
