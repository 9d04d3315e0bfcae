"""``rebuild``: make the projections anew from the log."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from cli.interface import Command, CommandFailed, Exit, Session
from cli.options import count
from cli.progress import advancing

if TYPE_CHECKING:
    from shared.projections.builds import Build
    from shared.services.compare_generations import Comparison

_MOST_SHOWN = 20


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=count, default=4, metavar="COUNT", help="threads (default: %(default)s)")
    parser.add_argument("--restart", action="store_true", help="give up a generation that is being built, begin anew")
    parser.add_argument("--no-switch", dest="switch", action="store_false", help="build and compare only")
    parser.add_argument(
        "--keep-old",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep the generation before, so that one can go back (default), or delete it; older ones are deleted",
    )


def _run(session: Session) -> Exit:
    app, asked = session.app, session.asked
    app.check_settings()
    rebuild = replace(app.rebuild, workers=asked.workers)
    build = rebuild.begin(restart=asked.restart)
    with advancing(session, f"Replaying into generation {build.number}", build.streams) as advance:
        failed = rebuild.replay(build, advance)
    if failed:
        _print_failed(session, failed)
        raise CommandFailed(
            f"{len(failed)} streams cannot be projected, so generation {build.number} is not switched to: "
            "mend the cause, then run `rebuild` again; it goes on from here"
        )
    with advancing(session, f"Comparing with generation {app.generations.pointer().live}", build.streams) as advance:
        comparison = app.compare_generations(build.number, advance)
    switched = comparison.good and asked.switch
    if switched:
        pointer = rebuild.switch(build)
        for number in pointer.kept[1 if asked.keep_old else 0 :]:
            app.drop_generation(number)
    session.answer(_as_json(build, comparison, switched), lambda: _print(session, build, comparison, switched))
    return Exit.OK if comparison.good else Exit.PROBLEM


def _print_failed(session: Session, failed: list[str]) -> None:
    for name in failed[:_MOST_SHOWN]:
        session.say(f"! {name}")
    if len(failed) > _MOST_SHOWN:
        session.say(f"! and {len(failed) - _MOST_SHOWN} more: see `requeue --list`")


def _print(session: Session, build: Build, comparison: Comparison, switched: bool) -> None:
    say = session.say
    say(f"Compared: {comparison.images:,} images, {comparison.charges:,} charges.")
    say(f"Wrong in the generation before, right in the new one: {len(comparison.corrected)}.")
    for kind in (comparison.corrected, comparison.wrong):
        for one in kind[:_MOST_SHOWN]:
            say(f"  {one.image.registry} {one.image.digest}: {one.live} before, {one.built} now")
    if not comparison.good:
        say(f"Wrong in the new one: {len(comparison.wrong)} images or charges, totals of {comparison.wrong_totals}.")
        say("It is not switched to. Run `rebuild --restart`; should this come again, it is a bug: please report it.")
    elif switched:
        kept = "the one before is kept: `rollback` goes back" if session.asked.keep_old else "the one before is deleted"
        say(f"Generation {build.number} is live; {kept}.")
    else:
        say(f"Generation {build.number} is complete and kept up to date: `rebuild` without --no-switch switches to it.")


def _as_json(build: Build, comparison: Comparison, switched: bool) -> dict[str, object]:
    return {
        "generation": build.number,
        "streams": build.streams,
        "images": comparison.images,
        "charges": comparison.charges,
        "corrected": comparison.corrected,
        "wrong": comparison.wrong,
        "wrongTotals": comparison.wrong_totals,
        "switched": switched,
    }


COMMAND = Command(
    "rebuild",
    "make the projections anew from the log",
    "Make the projections anew from the event log: replay it into a new generation of tables beside the live one,\n"
    "compare the two, and switch. Where they differ, the log decides; a new generation that is wrong is never\n"
    "switched to, and the exit status is 1. The product goes on meanwhile, and hints reach both. Nothing is told to\n"
    "the outside. A rebuild that was killed or interrupted goes on from where it was when it is started again.",
    _arguments,
    _run,
)
