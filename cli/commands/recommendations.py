"""``recommendations``: what to do."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cli.first import most, tell_others
from cli.image_names import naming
from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_filters, add_top
from cli.progress import reading
from cli.tables import Column, show
from cli.text import counted, plain
from cli.times import as_of

_MOST_NAMED = 3
_COLUMNS = (
    Column("severity", whole=True),
    Column("what to do"),
    Column("where"),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser, "registry", "repository")
    add_as_of(parser)
    add_top(parser)


def _run(session: Session) -> Exit:
    from shared.api import parameters
    from shared.api.recommendations import left_out_body, recommendation_body
    from shared.domain.image_health import Health

    wanted, at = parameters.image_filter({**session.query, "health": Health.UNHEALTHY}), as_of(session)
    with reading(session, "Reading recommendations"):
        session.app.check_settings()
        made = session.app.query_recommendations(at, wanted, most=most(session))
    value = [recommendation_body(one) for one in made[: session.asked.top]]
    left_out = session.app.query_recommendations.left_out(at, wanted)
    body = {"value": value, **left_out_body(left_out)}
    session.answer(body, lambda: _print(session, body, made), session.app.query_caveats(at).everywhere)
    return Exit.OK


def _print(session: Session, body: Mapping[str, Any], read: Sequence[object]) -> None:
    value, left_out = body["value"], body.get("leftOut")
    if value:
        name = naming(session, (image for one in value for image in one["images"]))
        show(session, _COLUMNS, (_row(one, name) for one in value))
        tell_others(session, value, read)
    elif not left_out:
        session.say(
            "There is nothing to recommend: no image is known to be unhealthy. `images` says what is not known."
        )
    if left_out:
        where = plain(", ".join(left_out["registries"]))
        images = counted(left_out["images"], "unhealthy image")
        session.say(f"! Left out, as {left_out['reason']}: {images} of {where}.")


def _row(one: Mapping[str, Any], name: Callable[[Mapping[str, Any]], str]) -> list[object]:
    names = list(dict.fromkeys(map(name, one["images"])))
    more = [f"and {len(names) - _MOST_NAMED:,} more"] if len(names) > _MOST_NAMED else []
    where = ", ".join([*names[:_MOST_NAMED], *more])
    exploited = [f"{one['exploited']:,} exploited"] if one["exploited"] else []
    return [", ".join([one["severity"], *exploited]), one["title"], where]


COMMAND = Command(
    "recommendations",
    "what to do, the worst and most exploited first",
    "List what to do about all unhealthy images, as GET /api/recommendations does: packages to upgrade, newer bases,\n"
    "and what has no fix. Healthy images need nothing.",
    _arguments,
    _run,
)
