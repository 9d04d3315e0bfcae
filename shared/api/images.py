"""Images, findings and events as the native API shows them (DESIGN 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shared.domain.events import TYPE_NAMES, RecordedEvent
from shared.domain.image_health import ImageHealth, JudgedFinding


def image_body(health: ImageHealth) -> dict[str, Any]:
    """Give an image."""
    return dict(msgspec.to_builtins(health))


def findings_body(judged: Sequence[JudgedFinding]) -> list[dict[str, Any]]:
    """Give findings, each with the id of the rule that disables it or null."""
    return [{**msgspec.to_builtins(one.finding), "disabledBy": one.disabled_by} for one in judged]


def history_body(events: Sequence[RecordedEvent]) -> list[dict[str, Any]]:
    """Give the events of an image."""
    return [_event(one) for one in events]


def _event(recorded: RecordedEvent) -> dict[str, Any]:
    meta = recorded.meta
    return {
        "version": recorded.version,
        "type": TYPE_NAMES[type(recorded.event)],
        "time": msgspec.to_builtins(meta.recorded_at),
        "occurredAt": msgspec.to_builtins(meta.occurred_at),
        "actor": meta.actor,
        "cause": meta.cause,
        "correlationId": meta.correlation_id,
        "data": msgspec.to_builtins(recorded.event),
    }
