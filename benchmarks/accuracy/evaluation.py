"""Whether an OSV record says that a version is affected: the specification's algorithm, word for word and slow.

It shares nothing with the product but the specification, and proves who is right where scanners differ. Source: OSV
format, "Evaluation", https://ossf.github.io/osv-schema/#evaluation.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cmp_to_key, partial
from typing import Any

type Record = Mapping[str, Any]

type Order = Callable[[str, str], int]
"""Compares two versions as the tools of their ecosystem do: negative, 0 or positive. Raises Unorderable."""

type Event = tuple[str, str]
"""What happens to the flaw (``introduced``, ``fixed``, ``last_affected``), and in which version."""

_KINDS = ("introduced", "fixed", "last_affected")


class Unorderable(ValueError):
    """A version that the tools of its ecosystem do not take."""


def is_affected(affected: Record, version: str, order: Order) -> bool:
    """Say whether an entry of ``affected`` holds a version, or raise Unorderable."""
    if any(version == listed or _is_same(version, listed, order) for listed in affected.get("versions") or ()):
        return True
    return any(_is_in(events, version, order) for events in ranges(affected))


def ranges(affected: Record) -> Iterator[Sequence[Event]]:
    """Yield the events of each range of versions; commits are no versions."""
    for part in affected.get("ranges") or ():
        if part.get("type") != "GIT":
            yield [(kind, event[kind]) for event in part.get("events") or () for kind in _KINDS if kind in event]


def fixed_versions(affected: Record) -> tuple[str, ...]:
    """Return every version that an entry names as one that ends the flaw."""
    return tuple(version for events in ranges(affected) for kind, version in events if kind == "fixed")


def _is_in(events: Sequence[Event], version: str, order: Order) -> bool:
    vulnerable = False
    for kind, at in sorted(events, key=cmp_to_key(partial(_earlier, order))):
        place = _compare(version, at, order)
        if kind == "introduced" and place >= 0:
            vulnerable = True
        elif (kind == "fixed" and place >= 0) or (kind == "last_affected" and place > 0):
            vulnerable = False
    return vulnerable


def _earlier(order: Order, one: Event, other: Event) -> int:
    return _compare(one[1], other[1], order)


def _compare(one: str, other: str, order: Order) -> int:
    # "0" is before every version, also where it would be none.
    if "0" in (one, other):
        return (one != "0") - (other != "0")
    return order(one, other)


def _is_same(version: str, listed: str, order: Order) -> bool:
    try:
        return order(version, listed) == 0
    except Unorderable:
        return False
