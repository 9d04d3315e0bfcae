"""``billing``: the statement of a month."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_filters
from cli.progress import reading
from cli.tables import Column, show
from cli.text import counted, moment
from cli.times import as_of

_COLUMNS = (
    Column("time", whole=True),
    Column("registry"),
    Column("repository"),
    Column("digest"),
    Column("event"),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser, "month")
    add_as_of(parser)


def _run(session: Session) -> Exit:
    from shared.api import parameters
    from shared.api.billing import statement_body

    month = parameters.month("month", session.asked.month, session.app.clock())
    at = as_of(session)
    with reading(session, "Reading the bill"):
        body = statement_body(month, session.app.query_billing.charges(month, at))
    session.answer(body, lambda: _print(session, body))
    return Exit.OK


def _print(session: Session, body: Mapping[str, Any]) -> None:
    if body["charges"]:
        show(session, _COLUMNS, map(_row, body["charges"]))
    session.say(f"Charged in {body['month']}: {counted(body['total'], 'image')}.")


def _row(one: Mapping[str, Any]) -> list[object]:
    return [moment(one["time"]), one["registry"], one["repository"], one["digest"], one["eventId"]]


COMMAND = Command(
    "billing",
    "the statement of a month: every charge with the event behind it",
    "Show the statement of a month (--month 2026-11, default: this one), as GET /api/billing does. An image is\n"
    "charged once, when the first scan of it gives an answer.",
    _arguments,
    _run,
)
