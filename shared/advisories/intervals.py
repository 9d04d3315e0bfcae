"""Which versions an advisory affects, as half-open intervals of sort keys.

Rules: OSV format, "affected[].ranges[].events" and its evaluation algorithm.
"""

from collections.abc import Iterable
from typing import NamedTuple

from shared.advisories.osv import Affected, Event, Range
from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.scheme import Scheme, sort_key

FIRST = b""
"""Sorts before the key of every version; what ``introduced: "0"`` means."""

NEVER = b"\xff"
"""Sorts after the key of every version."""


class Interval(NamedTuple):
    """Versions with ``start <= key < stop``; ``fixed`` is the version of ``stop`` where that one has no flaw."""

    start: bytes
    stop: bytes
    fixed: str | None = None


class AffectedVersions(NamedTuple):
    """Every affected version of a package: by interval, by exact text, and what could not be read (``undecided``)."""

    intervals: tuple[Interval, ...]
    exact: tuple[str, ...]
    undecided: str | None


def affected_versions(affected: Affected, scheme: Scheme | None) -> AffectedVersions:
    """Turn ranges and version lists into intervals; versions that have no key stay as exact texts."""
    intervals: list[Interval] = []
    undecided: str | None = None
    for part in affected.ranges or ():
        if part.type == "GIT":
            continue
        try:
            intervals += _range_intervals(part, scheme)
        except InvalidVersion as error:
            undecided = f"the advisory's range cannot be ordered: {error}"
    exact = _add_listed(intervals, affected.versions or (), scheme)
    return AffectedVersions(tuple(dict.fromkeys(intervals)), exact, undecided)


def named_versions(affected: Affected) -> tuple[str, ...]:
    """Return every version that ranges or lists name, but for the ``0`` that stands for the beginning."""
    events = (event for part in affected.ranges or () if part.type != "GIT" for event in part.events)
    named = (version for event in events for version in (event.introduced, event.fixed, event.last_affected) if version)
    return tuple(version for version in (*named, *(affected.versions or ())) if version != "0")


def including(key: bytes) -> bytes:
    """Return the stop of an interval whose last version has this key; no other key lies between the two."""
    return key + b"\x00"


def _range_intervals(part: Range, scheme: Scheme | None) -> Iterable[Interval]:
    start: bytes | None = None
    for at, event in sorted(((_place(event, scheme), event) for event in part.events), key=lambda pair: pair[0]):
        if event.introduced is not None:
            start = at if start is None else start
        elif start is not None:
            if start < at:
                yield Interval(start, at, event.fixed)
            start = None
    if start is not None:
        yield Interval(start, NEVER)


def _place(event: Event, scheme: Scheme | None) -> bytes:
    if event.introduced is not None:
        return FIRST if event.introduced == "0" else _key(event.introduced, scheme)
    if event.fixed is not None:
        return FIRST if event.fixed == "0" else _key(event.fixed, scheme)
    if event.last_affected is not None:
        return including(_key(event.last_affected, scheme))
    return NEVER if event.limit in (None, "*") else _key(str(event.limit), scheme)


def _key(version: str, scheme: Scheme | None) -> bytes:
    if scheme is None:
        raise InvalidVersion("no version order is known for this ecosystem")
    return sort_key(scheme, version)


def _add_listed(intervals: list[Interval], versions: Iterable[str], scheme: Scheme | None) -> tuple[str, ...]:
    if Interval(FIRST, NEVER) in intervals:
        return ()
    ranges = tuple(intervals)
    exact = []
    for version in versions:
        try:
            key = _key(version, scheme)
        except InvalidVersion:
            exact.append(version)
            continue
        if not any(start <= key < stop for start, stop, _ in ranges):
            intervals.append(Interval(key, including(key)))
    return tuple(exact)
