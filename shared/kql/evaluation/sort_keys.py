"""What values are sorted by."""

from __future__ import annotations

from typing import Any

from shared.kql.evaluation.conversions import json_text
from shared.kql.value_types import Value


def json_key(value: Value) -> tuple[int, Any]:
    """Return the key of a dynamic value: numbers come before texts, these before the rest."""
    kind = type(value)
    if kind is int or kind is float:
        return 0, value
    if kind is str:
        return 1, value
    return 2, json_text(value)
