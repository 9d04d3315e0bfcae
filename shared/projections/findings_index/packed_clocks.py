"""The clocks of an image in one value: those that go alike are told once, with a short name of the flaw of each."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from shared.domain.image_past import Clock, End
from shared.projections.findings_index.whole_times import microseconds


class ToldClock(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is said of findings from a time on: the rank of their severity, and whether a rule disables them."""

    at: int
    severity: int
    disabled: bool


class ClockGroup(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Clocks of an image that go alike; times are microseconds since 1970.

    ``places`` are their places among all clocks of the image, in order, and ``flaws`` what names their flaws.
    """

    since: int
    ended: int | None
    deleted: bool
    said: tuple[ToldClock, ...]
    places: tuple[int, ...]
    flaws: tuple[int, ...]

    def there(self, at: int) -> bool:
        """Say whether the findings were there at a time; a deletion mends nothing."""
        return self.since <= at and (self.ended is None or self.ended > at or self.deleted)

    def told(self, at: int) -> ToldClock | None:
        """Return what was said at a time, None before anything was."""
        return next((one for one in reversed(self.said) if one.at <= at), None)


_GROUPS = msgspec.msgpack.Decoder(tuple[ClockGroup, ...])


def pack_clocks(clocks: Iterable[Clock]) -> bytes:
    """Put the clocks of an image together."""
    groups: dict[tuple[object, ...], tuple[list[int], list[int]]] = {}
    for place, clock in enumerate(clocks):
        ended = microseconds(clock.ended) if clock.ended else None
        said = tuple(
            ToldClock(microseconds(one.at), one.severity.rank, one.disabled_by is not None) for one in clock.said
        )
        key = microseconds(clock.since), ended, clock.end is End.DELETED, said
        places, flaws = groups.setdefault(key, ([], []))
        places.append(place)
        flaws.append(_flaw(clock.key))
    return zlib.compress(msgspec.msgpack.encode([(*key, *members) for key, members in groups.items()]), 1)


def unpack_clocks(packed: bytes) -> tuple[ClockGroup, ...]:
    """Give the clocks of an image."""
    return _GROUPS.decode(zlib.decompress(packed))


@lru_cache(1 << 14)  # images have most flaws in common
def _flaw(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)
