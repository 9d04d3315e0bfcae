"""``trends``: how health and findings went over time."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

import msgspec

from cli.image_rows import HEALTHS, SEVERITIES
from cli.interface import Command, Exit, Session
from cli.options import add_filters
from cli.progress import reading
from cli.tables import Column, show
from cli.text import moment

_COLUMNS = (
    Column("time", whole=True),
    *(Column(health, number=True) for health in HEALTHS),
    *(Column(severity[0].upper(), number=True) for severity in SEVERITIES),
    Column("disabled", number=True),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser, "registry", "repository", "from", "to", "points")


def _run(session: Session) -> Exit:
    from shared.api import parameters
    from shared.api.trends import Trends, times

    wanted, points = parameters.image_filter(session.query), times(session.query, session.app.clock())
    with reading(session, "Adding up"):
        session.app.check_settings()
        body = msgspec.to_builtins(Trends(session.app.query_trends(wanted, points)))
    caveat = session.app.query_caveats(points[-1]).everywhere
    session.answer(body, lambda: show(session, _COLUMNS, map(_row, body["value"])), caveat)
    return Exit.OK


def _row(point: Mapping[str, Any]) -> list[object]:
    images, findings = point["images"], point["findings"]
    healths = [images[health] for health in HEALTHS]
    return [moment(point["time"]), *healths, *(findings[one] for one in SEVERITIES), point["disabledFindings"]]


COMMAND = Command(
    "trends",
    "how health and findings went over time",
    "Show the totals of images by health and of open findings by severity at evenly spaced times, as GET /api/trends\n"
    "does: --from and --to are times (default: the last 30 days), --points their number (default: 30).",
    _arguments,
    _run,
)
