"""How images are shown in tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.tables import Column
from cli.text import image_name, short

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


def row(image: Mapping[str, Any]) -> list[object]:
    """Return what the columns show of an image."""
    counts = [image["severities"][severity] for severity in SEVERITIES]
    return [
        image_name(image),
        short(image["digest"]),
        image["platform"],
        image["health"],
        *counts,
        image["reason"],
    ]
