"""Compare the generation that was built with the live one; where they differ, the fold of the log says which is right.

While both are fed, one may be ahead of the other for a moment. An image that seems to differ is therefore brought up to
date in both, and looked at again. Of a stream that cannot be projected nobody can say which of the two is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from shared.domain.references import ImageId
from shared.eventlog.failures import is_transient
from shared.eventlog.streams import image_stream
from shared.projections.billing import BilledImage
from shared.projections.differences import differing_charges, differing_images, wrong_totals
from shared.projections.generations import Generation, Generations
from shared.projections.image_rows import ImageRow
from shared.projections.projector import Projector, charge_of

_LOOKS = 3


@dataclass(frozen=True)
class Difference:
    """An image of which two generations say different things, in words."""

    image: ImageId
    live: str
    built: str


@dataclass
class Comparison:
    """What a comparison found: ``corrected`` is wrong in the live generation only, ``wrong`` in the one that was built.

    A generation with anything in ``wrong`` must not become the live one. ``stalled`` are the streams that cannot be
    projected, with the error.
    """

    images: int = 0
    charges: int = 0
    corrected: list[Difference] = field(default_factory=list)
    wrong: list[Difference] = field(default_factory=list)
    wrong_totals: list[str] = field(default_factory=list)
    stalled: dict[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Say whether the generation that was built equals the fold of the log, as far as it was held against it."""
        return not self.wrong and not self.wrong_totals


@dataclass(frozen=True)
class CompareGenerations:
    """Holds a generation against the live one, and both against the log where they differ."""

    generations: Generations
    projector: Projector

    def __call__(self, number: int, advance: Callable[[int], None]) -> Comparison:
        """Compare every image and every charge; ``advance`` is told how many more images are done."""
        live, built = (self.generations.number(one) for one in (self.generations.pointer().live, number))
        found = Comparison()
        for about, same in differing_images(live, built):
            found.images += 1
            if not same:
                self._look(about, partial(_row, about=about), live, built, found)
            advance(1)
        for month, about in differing_charges(live, built):
            self._look(about, partial(_charge, about=about, month=month), live, built, found)
        found.charges = sum(1 for _ in built.billing.entries())
        found.wrong_totals = self._wrong_totals(built)
        return found

    def _look(self, about: ImageId, read: _Read, live: Generation, built: Generation, found: Comparison) -> None:
        try:
            self._settle(about, read, live, built, found)
        except Exception as error:
            if is_transient(error):
                raise
            found.stalled[str(image_stream(about))] = f"{type(error).__name__}: {error}"

    def _settle(self, about: ImageId, read: _Read, live: Generation, built: Generation, found: Comparison) -> None:
        for _ in range(_LOOKS):
            for generation in (live, built):
                self.projector.into(generation, about)
            said = read(live), read(built)
            if said[0] == said[1]:
                return
            right = read(self.projector.fold(about, self.projector.rules_now()))
            if said[1] == right:
                break
        kind = found.corrected if said[1] == right else found.wrong
        kind.append(Difference(about, *map(_in_words, said)))

    def _wrong_totals(self, built: Generation) -> list[str]:
        # A charge may come in between the reading of the charges and that of their total.
        wrong = wrong_totals(built)
        for _ in range(_LOOKS - 1):
            wrong = [month for month in wrong if month in wrong_totals(built)]
        return wrong


type _Said = ImageRow | BilledImage | None

type _Read = Callable[[Generation | ImageRow | None], _Said]
"""Reads what is said of an image, or of its charge, in a generation; or what a row that was just folded says."""


def _row(source: Generation | ImageRow | None, about: ImageId) -> ImageRow | None:
    if not isinstance(source, Generation):
        return source
    found = source.images.get(about)
    return found[0] if found else None


def _charge(source: Generation | ImageRow | None, about: ImageId, month: str) -> BilledImage | None:
    if isinstance(source, Generation):
        return source.billing.find(month, about)
    charge = charge_of(about, source.state) if source else None
    return charge if charge and charge.month == month else None


def _in_words(said: _Said) -> str:
    if said is None:
        return "not there"
    if isinstance(said, BilledImage):
        return f"charged on {said.time:%Y-%m-%d} for {said.repository}"
    return f"{said.answer.health.health}, version {said.version}, revision {said.revision}"
