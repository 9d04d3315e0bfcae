"""How long ago the feeds of a snapshot were last read: advisories that stay away are no good news."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from shared.advisories.ecosystems import belongs
from shared.advisories.states import FeedState


def confirmed(feeds: Iterable[FeedState], before: Iterable[FeedState]) -> tuple[FeedState, ...]:
    """Note when each feed was last read or found unchanged: now, or for one that failed what was noted before."""
    noted = {(state.ecosystem, state.base): state.confirmed_at for state in before}
    return tuple(
        msgspec.structs.replace(
            state, confirmed_at=noted.get((state.ecosystem, state.base), "") if state.failure else state.checked_at
        )
        for state in feeds
    )


def overdue(ecosystems: Iterable[str], feeds: Iterable[FeedState], at: datetime, most: timedelta) -> tuple[str, ...]:
    """Say of which ecosystems, with their releases, the advisories were not confirmed for longer than ``most``."""
    late = [(state, since) for state in feeds if (since := _since(state)) is not None and since < at - most]
    return tuple(
        f"the advisories for {ecosystem.replace(':', ' ')} are those of {since:%Y-%m-%d}: their feed cannot be read"
        for ecosystem in ecosystems
        for state, since in late
        if belongs(ecosystem, state.ecosystem)
    )


def _since(state: FeedState) -> datetime | None:
    known = state.confirmed_at or state.fetched_at
    return datetime.fromisoformat(known) if known else None
