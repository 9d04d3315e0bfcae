"""How images are shown in tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.image_names import naming
from cli.interface import Session
from cli.tables import Column
from cli.text import short

HEALTHS = ("unhealthy", "not-assessed", "unsupported", "healthy")
SEVERITIES = ("critical", "high", "medium", "low", "unknown")

COLUMNS = (
    Column("image"),
    Column("digest", whole=True),
    Column("platform"),
    Column("health", whole=True),
    *(Column(severity[0].upper(), number=True) for severity in SEVERITIES),
    Column("reason"),
)


def rows(session: Session, images: Sequence[Mapping[str, Any]]) -> Iterator[list[object]]:
    """Yield what the columns show of each image of a list."""
    name = naming(session, images)
    for image in images:
        counts = [image["severities"][severity] for severity in SEVERITIES]
        known = [name(image), short(image["digest"]), image["platform"], image["health"]]
        yield [*known, *counts, image["reason"]]
