"""How fresh the feeds of a snapshot are, as the status page shows it."""

import msgspec


class FeedState(msgspec.Struct, frozen=True, rename="camel"):
    """One feed of a snapshot. Times are RFC 3339 UTC; ``failure`` says why the last try brought nothing new.

    ``ecosystem`` is empty where an extra base would not even list its ecosystems. ``refreshed`` says how the newest
    records came at ``fetched_at``: with the ``whole`` feed, or as its ``changes`` only; at ``whole_at`` the feed was
    last read or confirmed as a whole, and at ``confirmed_at`` it was last read, in
    whatever way, or found unchanged. ``newest_modified`` is when its youngest record was changed by its author.
    """

    ecosystem: str
    base: str
    checked_at: str
    failure: str | None = None
    records: int = 0
    unreadable: int = 0
    unreadable_names: tuple[str, ...] = ()
    newest_modified: str = ""
    fetched_at: str = ""
    refreshed: str = ""
    whole_at: str = ""
    confirmed_at: str = ""
