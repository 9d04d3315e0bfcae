"""Every answer of the HTTP API that is made from the log: what a client sees of an installation, now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from functions import billing, images, rules
from shared import bootstrap
from shared.bootstrap import App
from shared.eventlog.streams import image_of
from tests.support.triggers import ask

_PER_IMAGE = {
    "": images.get_image,
    "/findings": images.list_findings,
    "/history": images.list_history,
}


def moments(app: App) -> list[datetime]:
    """Return the time of every event that is in the log, in order."""
    names = [name for kind in ("image", "index", "rules") for name in app.log.streams(kind)]
    return sorted({one.meta.recorded_at for name in names for one in app.log.load(name).events})


def every_answer(app: App, months: Iterable[str], at: datetime | None = None) -> dict[str, Any]:
    """Ask every question, now or as of a time; return the status and the body of each answer by its path."""
    with patch.object(bootstrap, "_app", app):
        return dict(_answers(app, months, f"asOf={quote(at.isoformat())}" if at else ""))


def _answers(app: App, months: Iterable[str], when: str) -> Iterable[tuple[str, Any]]:
    def answer(trigger: Callable[..., Any], path: str, **route: str) -> tuple[str, Any]:
        return path, ask(trigger, path, route=route)

    yield answer(images.list_images, f"/api/images?top=1000&{when}")
    yield answer(images.list_recommendations, f"/api/recommendations?{when}")
    yield answer(rules.list_rules, f"/api/rules?{when}")
    for month in months:
        yield answer(billing.get_billing, f"/api/billing?month={month}&{when}")
    for registry, digest in map(image_of, app.log.streams("image")):
        for path, trigger in _PER_IMAGE.items():
            yield answer(trigger, f"/api/images/{registry}/{digest}{path}?{when}", registry=registry, digest=digest)
