"""``exposure``: how long findings are, or have been, open."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from cli.interface import Command, Exit, Session
from cli.options import add_filters
from cli.progress import reading
from cli.tables import Column, show
from cli.text import counted, moment, short

type Body = Mapping[str, Any]

_PARTS = (
    Column("findings of"),
    Column("remediated", number=True),
    Column("mean days", number=True),
    Column("median", number=True),
    Column("within target", number=True),
    Column("open", number=True),
    Column("past target", number=True),
    Column("disabled", number=True),
)
_OLDEST = (
    Column("known since", whole=True),
    Column("severity", whole=True),
    Column("flaw"),
    Column("package"),
    Column("image"),
    Column("digest", whole=True),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser, "registry", "repository", "severity", "from", "to")
    parser.add_argument("--target-days", dest="targetDays", metavar="DAYS", help="30, or critical:7,high:14")


def _run(session: Session) -> Exit:
    from shared.api.exposure import exposure_question

    asked = exposure_question(session.query, session.app.clock())
    with reading(session, "Adding up"):
        session.app.check_settings()
        body = msgspec.to_builtins(session.app.query_exposure(asked))
    caveat = session.app.query_caveats(asked.end).everywhere
    session.answer(body, lambda: _print(session, body), caveat)
    return Exit.OK


def _print(session: Session, body: Body) -> None:
    session.say(f"From {moment(body['from'])} to {moment(body['to'])}:")
    show(session, _PARTS, _parts(body))
    if body["oldest"]:
        session.say("Open for longest:")
        show(session, _OLDEST, map(_old, body["oldest"]))
    unanswered = body["unanswered"]
    if count := unanswered["notAssessed"] + unanswered["unsupported"]:
        session.say(f"! Not wholly assessed or unsupported, with findings not known: {counted(count, 'image')}.")
    if body["untold"]:
        session.say(f"! Without a clock: {counted(body['untold'], 'finding')}.")


def _parts(body: Body) -> Iterator[list[object]]:
    yield ["all", *_figures(body["total"])]
    for severity, figures in body["severities"].items():
        yield [severity, *_figures(figures)]
    for one in body["registries"]:
        yield [one["registry"], *_figures(one["figures"])]
    for one in body["repositories"]:
        yield [f"{one['registry']}/{one['repository']}", *_figures(one["figures"])]


def _figures(figures: Body) -> list[object]:
    share = figures["withinTargetShare"]
    return [
        figures["remediated"],
        _days(figures["meanDays"]),
        _days(figures["medianDays"]),
        "-" if share is None else f"{share:.0%}",
        figures["open"],
        figures["pastTarget"],
        figures["disabled"],
    ]


def _days(days: float | None) -> str:
    return "-" if days is None else f"{days:.1f}"


def _old(one: Body) -> list[object]:
    package = f"{one['package']} {one['version']}"
    image = f"{one['registry']}/{one['repository']}"
    return [moment(one["firstKnown"]), one["severity"], one["flaw"], package, image, short(one["digest"])]


COMMAND = Command(
    "exposure",
    "how long findings are, or have been, open",
    "Show times to remediate, shares within targets and what is open, in all and in parts, as GET /api/exposure does:\n"
    "--from and --to are times (default: the last 30 days).",
    _arguments,
    _run,
)
