"""Images, findings and events as the native API shows them (DESIGN 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from shared.domain.base_advice import ImageBase
from shared.domain.events import TYPE_NAMES
from shared.domain.exploits import ExploitSignals, NoSignals, urgency
from shared.domain.health_history import HistoryEntry
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.projections.image_rows import ImageAnswer
from shared.services.query_caveats import Caveats, joined

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_SIGNALS = NoSignals()
_NO_CAVEATS = Caveats()
_RULE_EXPIRED = "rule-expired"  # of what is no event of the log


def image_body(health: ImageHealth, caveats: Caveats = _NO_CAVEATS) -> dict[str, Any]:
    """Give an image; its reason says also what has to be known of it, such as that the plan is off."""
    return dict(msgspec.to_builtins(health)) | {"reason": stated_reason(health, caveats)}


def image_details_body(found: ImageAnswer, base: ImageBase | None, caveats: Caveats = _NO_CAVEATS) -> dict[str, Any]:
    """Give one image with the upgrades that close its findings, and its base."""
    told = {"upgrades": msgspec.to_builtins(found.upgrades), "base": msgspec.to_builtins(base)}
    return {**image_body(found.health, caveats), **told}


def verdict_body(health: ImageHealth, caveats: Caveats = _NO_CAVEATS) -> dict[str, Any]:
    """Give what a list of an image's findings amounts to."""
    return {"health": health.health, "reason": stated_reason(health, caveats)}


def stated_reason(health: ImageHealth, caveats: Caveats = _NO_CAVEATS) -> str:
    """Say why an image is as it is, and what has to be known of that."""
    return joined(health.reason, caveats.of(health.registry))


def findings_body(judged: Sequence[JudgedFinding], signals: ExploitSignals = _NO_SIGNALS) -> list[dict[str, Any]]:
    """Give findings, each with what is known of its exploitation, and the id of the rule that disables it or null."""
    return [
        {
            **msgspec.to_builtins(one.finding),
            "exploit": msgspec.to_builtins(signals.of(one.finding)),
            "disabledBy": one.disabled_by,
        }
        for one in judged
    ]


def most_urgent_first(judged: Iterable[JudgedFinding], signals: ExploitSignals) -> list[JudgedFinding]:
    """Order findings: by severity, known exploited ones first, then by EPSS score, then as the report has them."""
    return sorted(judged, key=lambda one: urgency(one.finding, signals.of(one.finding)))


def history_body(entries: Sequence[HistoryEntry]) -> list[dict[str, Any]]:
    """Give the history of an image; ``health`` is null where an event changed nothing of what is shown."""
    return [_entry(one) for one in entries]


def newest_first(entry: HistoryEntry) -> tuple[int, str, int]:
    """Give the key that orders a history, of integers and text."""
    microseconds = (entry.recorded.meta.recorded_at - _EPOCH) // timedelta(microseconds=1)
    return -microseconds, entry.stream, -entry.recorded.version


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    meta = entry.recorded.meta
    return {
        "stream": entry.stream,
        "version": entry.recorded.version,
        "type": TYPE_NAMES.get(type(entry.recorded.event), _RULE_EXPIRED),
        "time": msgspec.to_builtins(meta.recorded_at),
        "occurredAt": msgspec.to_builtins(meta.occurred_at),
        "actor": meta.actor,
        "cause": meta.cause,
        "correlationId": meta.correlation_id,
        "data": msgspec.to_builtins(entry.recorded.event),
        "health": msgspec.to_builtins(entry.health),
    }
