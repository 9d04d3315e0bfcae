"""Exposure as the native API asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

import msgspec

from shared.api import parameters
from shared.api.errors import bad_request
from shared.api.trends import window
from shared.domain.exposure_figures import DEFAULT_TARGETS
from shared.domain.severity import Severity
from shared.services.query_exposure import ExposureQuestion

MAX_DAYS = 3650


def exposure_question(query: Mapping[str, str], now: datetime) -> ExposureQuestion:
    """Read what is asked of exposure; raise ApiError 400."""
    named = {name: query.get(name, "") for name in ("registry", "repository")}
    severity = parameters.one_of("severity", query.get("severity"), Severity, ", ".join(Severity))
    targets = target_days(query.get("targetDays"))
    return ExposureQuestion(parameters.image_filter(named), severity, *window(query, now), targets)


def target_days(text: str | None) -> Mapping[Severity, float]:
    """Read targets: days for all severities (``30``), or for some of them (``critical:7,high:14``)."""
    if not text:
        return DEFAULT_TARGETS
    if ":" not in text:
        return dict.fromkeys(Severity, _days(text))
    found = dict(DEFAULT_TARGETS)
    for part in text.split(","):
        name, _, days = part.partition(":")
        severity = parameters.one_of("targetDays", name or "?", Severity, ", ".join(Severity))
        assert severity is not None
        found[severity] = _days(days)
    return found


def _days(text: str) -> float:
    try:
        days = msgspec.convert(text, float, strict=False)
    except msgspec.ValidationError:
        _refuse(text)
    return days if 0 < days <= MAX_DAYS else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise bad_request("targetDays", f"must be days, more than 0 and at most {MAX_DAYS}, not {text[:60]!r}")
