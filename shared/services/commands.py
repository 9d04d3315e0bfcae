"""Commands with ids that come from their cause, so that a repeated delivery is known as one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from shared.eventlog.interface import Command

type Clock = Callable[[], datetime]


class RequestConflict(Exception):
    """A request has the id of an earlier one that asked for something else."""


def command(
    command_id: str,
    content: object,
    *,
    at: datetime,
    actor: str,
    cause: str,
    correlation_id: str | None = None,
) -> Command:
    """Make a command; ``content`` is anything that encodes to JSON and says what the command asks for."""
    return Command(
        id=command_id,
        content=msgspec.json.encode(content),
        occurred_at=at,
        actor=actor,
        cause=cause,
        correlation_id=correlation_id or cause,
    )
