"""The replay: fills a new generation from the log, a batch of streams at a time.

Rows are created, never replaced: where a live hint was there first, or a replay before that was killed, the batch is
done again image by image, in the way of the projector. What was created was therefore made from all that the log held
before, and every later event, or rule, comes with a hint that finds this generation. That is why one look at the rules
does for a whole batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.references import ImageId
from shared.eventlog.failures import is_transient
from shared.projections.generations import Generation
from shared.projections.image_rows import ImageRow
from shared.projections.projector import Projector, charge_of
from shared.storage.tables import RowChanged


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

    def __call__(self, images: Sequence[ImageId]) -> list[Failure]:
        """Project a batch, and return those that cannot be; all others are done.

        Errors of the moment are raised: the batch can be done again.
        """
        rows: list[tuple[ImageId, ImageRow]] = []
        failures: list[Failure] = []
        rules = self.projector.active_rules()
        for about in images:
            try:
                row = self.projector.fold(about, rules)
            except Exception as error:
                if is_transient(error):
                    raise
                failures.append(Failure(about, error))
                continue
            if row is not None:
                rows.append((about, row))
        self._write(rows)
        return failures

    def _write(self, rows: Sequence[tuple[ImageId, ImageRow]]) -> None:
        # Charges first, as the projector does: a row says that all of its image is done.
        charges = [charge_of(about, row.state) for about, row in rows]
        self.generation.billing.record_all([charge for charge in charges if charge is not None])
        registries: dict[str, list[tuple[ImageId, ImageRow]]] = {}
        for about, row in rows:
            registries.setdefault(about.registry, []).append((about, row))
        for new in registries.values():
            try:
                self.generation.images.create(new)
            except RowChanged:
                for about, _ in new:
                    self.projector.into(self.generation, about)
