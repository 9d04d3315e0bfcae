"""Everything that the service answers, now or as of a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.api.rules import rule_body
from shared.domain.references import ImageId
from shared.services.query_images import ImageFilter, ImageNotFound
from tests.support.histories import images
from tests.support.memory_app import MemoryApp

_MONTHS = ("2026-11", "2026-12")


def whole_answer(app: MemoryApp, moment: datetime | None = None) -> dict[str, Any]:
    """Ask for the images, each image's findings and history, what to do, the rules and the bill."""
    book = app.rules.book_as_of(moment) if moment else app.rules.book()
    return {
        "images": app.query_images.images_matching(ImageFilter(), moment),
        "one": [_one(app, about, moment) for about in images()],
        "recommendations": app.query_recommendations(moment),
        "rules": [rule_body(rule, moment or app.world.clock()) for rule in book.rules.values()],
        "bill": [app.query_billing.charges(month, moment) for month in _MONTHS],
    }


def _one(app: MemoryApp, about: ImageId, moment: datetime | None) -> Any:
    try:
        history = app.query_history(about, moment)
    except ImageNotFound:
        return None
    try:
        return app.query_images.one(about, moment), app.query_images.findings(about, moment), history
    except ImageNotFound as error:
        return str(error).removesuffix(f" at {moment.isoformat()}") if moment else str(error), history
