"""``recommendations``: what to do."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from cli.image_names import naming
from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_top
from cli.progress import reading
from cli.tables import Column, show
from cli.text import counted
from cli.times import as_of

_MOST_NAMED = 3
_COLUMNS = (
    Column("severity", whole=True),
    Column("findings", number=True),
    Column("images", number=True),
    Column("upgrade"),
    Column("to"),
    Column("in"),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_as_of(parser)
    add_top(parser)


def _run(session: Session) -> Exit:
    at = as_of(session)
    with reading(session, "Reading recommendations"):
        session.app.check_settings()
        made = session.app.query_recommendations(at)
    value = msgspec.to_builtins(made[: session.asked.top])
    session.answer({"value": value}, lambda: _print(session, value, len(made)))
    return Exit.OK


def _print(session: Session, value: Sequence[Mapping[str, Any]], count: int) -> None:
    if not value:
        session.say(
            "There is nothing to recommend: no image is known to be unhealthy. `images` says what is not known."
        )
        return
    name = naming(session, (image for one in value for image in one["images"]))
    show(session, _COLUMNS, (_row(one, name) for one in value))
    if count > len(value):
        session.remark(f"{len(value):,} of {counted(count, 'recommendation')}.")


def _row(one: Mapping[str, Any], name: Callable[[Mapping[str, Any]], str]) -> list[object]:
    images = one["images"]
    named = [name(image) for image in images[:_MOST_NAMED]]
    more = [f"and {len(images) - _MOST_NAMED:,} more"] if len(images) > _MOST_NAMED else []
    fixed = ", ".join(one["fixedVersions"]) or "no fix yet"
    return [one["severity"], one["findings"], len(images), one["package"], fixed, ", ".join([*named, *more])]


COMMAND = Command(
    "recommendations",
    "what to upgrade, the upgrade that fixes most first",
    "List what to upgrade, over all unhealthy images, as GET /api/recommendations does. Healthy images have none.",
    _arguments,
    _run,
)
