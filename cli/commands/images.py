"""``images``: which images there are, and how they are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from cli.first import most, tell_others
from cli.image_rows import COLUMNS, HEALTHS, rows
from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_fail_on, add_filters, add_top
from cli.progress import reading
from cli.tables import show
from cli.times import as_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser, "registry", "repository", "health")
    add_as_of(parser)
    add_top(parser)
    add_fail_on(parser, HEALTHS, "where an image of the list, shown or not, has one of these healths")


def _run(session: Session) -> Exit:
    from shared.api import parameters
    from shared.api.images import image_body

    wanted, at = parameters.image_filter(session.query), as_of(session)
    with reading(session, "Reading images"):
        session.app.check_settings()
        found = session.app.query_images.images_matching(wanted, at, most=most(session))
    caveats = session.app.query_caveats(at)
    value = [image_body(one.health, caveats) for one in found[: session.asked.top]]
    session.answer({"value": value}, lambda: _print(session, value, found), caveats.everywhere)
    return Exit.PROBLEM if any(one.health.health in session.asked.fail_on for one in found) else Exit.OK


def _print(session: Session, value: Sequence[dict[str, Any]], read: Sequence[object]) -> None:
    if not value:
        session.say("No image is known that was asked for.")
        return
    show(session, COLUMNS, rows(session, value))
    tell_others(session, value, read)


COMMAND = Command(
    "images",
    "images with their health, worst first",
    "List images with their health, worst first, as GET /api/images does; C H M L U are open findings of severity\n"
    "critical, high, medium, low and unknown. Unknown is never shown as healthy: see the reason.",
    _arguments,
    _run,
)
