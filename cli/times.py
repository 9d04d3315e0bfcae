"""Times that commands ask for."""

from __future__ import annotations

from datetime import datetime

from cli.interface import Session


def as_of(session: Session) -> datetime | None:
    """Return the time as of which a command wants its answer, None for now; raise ApiError for one that cannot be."""
    from shared.api import parameters

    return parameters.as_of(session.asked.asOf, session.app.clock())
