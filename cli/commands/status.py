"""``status``: how the installation is."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

import msgspec

from cli.interface import Command, Exit, Session
from cli.tables import facts
from cli.text import plain

_POISON = "-poison"


def _arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing besides what all commands take."""


def _run(session: Session) -> Exit:
    status: dict[str, Any] = msgspec.to_builtins(session.app.query_status())
    problems = _problems(status)
    session.answer({**status, "problems": problems}, lambda: _print(session, status, problems))
    return Exit.PROBLEM if problems else Exit.OK


def _problems(status: Mapping[str, Any]) -> list[str]:
    letters = status["deadLetters"]["count"]
    found = [f"{letters} dead letters: see `requeue --list`"] if letters else []
    found += [f"{depth} messages in {name}" for name, depth in status["queues"].items() if depth and _POISON in name]
    sweep = status["projections"]["sweep"]["last"]
    if sweep and sweep["failed"]:
        found.append(f"the last sweep could not project {sweep['failed']} streams")
    return found


def _print(session: Session, status: Mapping[str, Any], problems: list[str]) -> None:
    facts(session, _lines(status))
    for problem in problems:
        session.say(f"! {plain(problem)}")


def _lines(status: Mapping[str, Any]) -> list[tuple[str, str]]:
    projections, advisories = status["projections"], status["advisories"]
    lag, building, sweep = projections["lag"], projections["building"], projections["sweep"]["last"]
    kept = ", ".join(map(str, projections["kept"])) or "none"
    oldest = lag["oldestHintSeconds"]
    more = "" if lag["complete"] else " or more"
    return [
        ("version", status["versions"]["plimsoll"]),
        ("generation", f"{projections['live']} (kept: {kept})"),
        ("being built", f"{building['number']}: {building['replayed']:,} streams done" if building else "none"),
        ("streams behind", f"{lag['streams']}{more}" + (f", oldest hint {oldest} s old" if oldest is not None else "")),
        (
            "last sweep",
            f"{sweep['endedAt']}: {sweep['streams']:,} streams, {sweep['repaired']} repaired" if sweep else "-",
        ),
        ("under way", ", ".join(map(_under_way, projections["walks"])) or "no walk"),
        ("queues", ", ".join(f"{name} {depth}" for name, depth in status["queues"].items())),
        ("dead letters", str(status["deadLetters"]["count"])),
        ("advisories", f"{advisories['records']:,} records, of {advisories['publishedAt']}"),
    ]


def _under_way(walk: Mapping[str, Any]) -> str:
    left, streams = walk["partitionsLeft"], walk["streams"]
    return f"{walk['walk']} since {walk['startedAt']} ({left} parts left, {streams:,} streams done in them)"


COMMAND = Command(
    "status",
    "generations, lag, queues, dead letters, advisories",
    "Show how the installation is, as GET /api/status does. The exit status is 1 where something is wrong.",
    _arguments,
    _run,
)
