"""``rebuild``: make the projections anew from the log."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from cli.interface import Command, Exit, Session
from cli.options import count, whole_number
from cli.progress import advancing
from cli.rebuilt import Rebuilt, told

if TYPE_CHECKING:
    from shared.projections.builds import Build
    from shared.services.rebuild import Rebuild


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=count, default=4, metavar="COUNT", help="threads (default: %(default)s)")
    parser.add_argument("--restart", action="store_true", help="give up a generation that is being built, begin anew")
    parser.add_argument("--no-switch", dest="switch", action="store_false", help="build and compare only")
    parser.add_argument(
        "--allow-stalled",
        type=whole_number,
        default=0,
        metavar="COUNT",
        help="switch though up to so many streams cannot be projected (default: %(default)s)",
    )
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
    with advancing(session, f"Comparing with generation {app.generations.pointer().live}", build.streams) as advance:
        comparison = app.compare_generations(build.number, advance)
    stalled = sorted({*failed, *comparison.stalled})
    good = comparison.good and len(stalled) <= asked.allow_stalled
    if good and asked.switch:
        _switch(session, rebuild, build)
    rebuilt = Rebuilt(build, comparison, stalled, good, switched=good and asked.switch)
    session.answer(rebuilt.as_json(), lambda: told(rebuilt, session))
    return Exit.OK if good else Exit.PROBLEM


def _switch(session: Session, rebuild: Rebuild, build: Build) -> None:
    pointer = rebuild.switch(build)
    for number in pointer.kept[1 if session.asked.keep_old else 0 :]:
        session.app.drop_generation(number)


COMMAND = Command(
    "rebuild",
    "make the projections anew from the log",
    "Make the projections anew from the event log: replay it into a new generation of tables beside the live one,\n"
    "compare the two, and switch. Where they differ, the log decides; a new generation that is wrong is never\n"
    "switched to, and the exit status is 1. The product goes on meanwhile, and hints reach both. Nothing is told to\n"
    "the outside. A rebuild that was killed or interrupted goes on from where it was when it is started again.\n"
    "\n"
    "A stream that cannot be projected becomes a dead letter, and the new generation is not switched to: its image\n"
    "could only be shown as not assessed, as it was last known, or not at all if it was never projected. With\n"
    "--allow-stalled it is switched to all the same, unless there are more such streams than one expected.",
    _arguments,
    _run,
)
