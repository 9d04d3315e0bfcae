"""What a rebuild made, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.interface import Session

if TYPE_CHECKING:
    from shared.domain.references import ImageId
    from shared.projections.builds import Build
    from shared.services.compare_generations import Comparison

_MOST_SHOWN = 20


@dataclass(frozen=True)
class Rebuilt:
    """A generation that was built and compared; ``good`` says whether it may be switched to."""

    build: Build
    comparison: Comparison
    stalled: list[str]
    good: bool
    switched: bool

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` writes."""
        return {
            "generation": self.build.number,
            "streams": self.build.streams,
            "images": self.comparison.images,
            "charges": self.comparison.charges,
            "corrected": self.comparison.corrected,
            "wrong": self.comparison.wrong,
            "wrongTotals": self.comparison.wrong_totals,
            "stalled": self.stalled,
            "switched": self.switched,
        }


def told(made: Rebuilt, session: Session) -> None:
    """Say in words what was made, and what to do next."""
    _tell_comparison(session, made.comparison)
    if made.stalled:
        _tell_stalled(session, made)
    number = made.build.number
    if not made.comparison.good:
        session.say("It is not switched to. Run `rebuild --restart`; should this come again, it is a bug: report it.")
    elif made.switched:
        kept = "the one before is kept: `rollback` goes back" if session.asked.keep_old else "the one before is deleted"
        session.say(f"Generation {number} is live; {kept}.")
    elif made.good:
        session.say(
            f"Generation {number} is complete and kept up to date: `rebuild` without --no-switch switches to it."
        )


def _tell_comparison(session: Session, comparison: Comparison) -> None:
    say = session.say
    say(f"Compared: {comparison.images:,} images, {comparison.charges:,} charges.")
    say(f"Wrong in the generation before, right in the new one: {len(comparison.corrected)}.")
    for kind in (comparison.corrected, comparison.wrong):
        for one in kind[:_MOST_SHOWN]:
            say(f"  {one.image.registry} {one.image.digest}: {one.live} before, {one.built} now")
    if not comparison.good:
        say(f"Wrong in the new one: {len(comparison.wrong)} images or charges, totals of {comparison.wrong_totals}.")


def _tell_stalled(session: Session, made: Rebuilt) -> None:
    count, number = len(made.stalled), made.build.number
    for name in made.stalled[:_MOST_SHOWN]:
        # A name is a stranger's text where somebody has tampered with the log.
        session.say(f"! {ascii(name)[1:-1]}")
    if count > _MOST_SHOWN:
        session.say(f"! and {count - _MOST_SHOWN} more: see `requeue --list`")
    built = session.app.generations.number(number)
    missing = sum(built.images.get(_image(name)) is None for name in made.stalled)
    session.say(
        f"{count} streams cannot be projected: {count - missing} images stay as not assessed, {missing} are missing."
    )
    if not made.good:
        session.say(
            f"So generation {number} is not switched to. Mend the cause, then run `rebuild` again: it goes on from "
            f"here. `rebuild --allow-stalled {count}` switches all the same."
        )


def _image(name: str) -> ImageId:
    from shared.eventlog.interface import StreamName
    from shared.eventlog.streams import image_of

    return image_of(StreamName.parse(name))
