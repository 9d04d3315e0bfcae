"""Which versions an advisory affects, as half-open intervals of sort keys.

Rules: OSV format, "affected[].ranges[].events" and its evaluation algorithm. Ranges of commits (``GIT``) are left to
others: an installed package has a version. An entry that says nothing about versions leaves them undecided.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from shared.advisories.osv import Affected, Event, Range
from shared.advisories.versions import rpm
from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.scheme import Scheme, sort_key

FIRST = b""
"""Sorts before the key of every version; what ``introduced: "0"`` means."""

NEVER = b"\xff"
"""Sorts after the key of every version."""


_VERSION_RANGES = ("ECOSYSTEM", "SEMVER")


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
    ranges = [part for part in affected.ranges or () if part.type != "GIT"]
    undecided = None if ranges or affected.versions else _says_nothing(affected)
    for part in ranges:
        try:
            _require_readable(part)
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


def _says_nothing(affected: Affected) -> str:
    return f"the advisory names {'only commits' if affected.ranges else 'no versions'}"


def _require_readable(part: Range) -> None:
    if part.type not in _VERSION_RANGES:
        raise InvalidVersion(f"its type {part.type[:80]!r} is unknown")
    if not any(event.introduced is not None for event in part.events):
        raise InvalidVersion("it has no beginning")


def _range_intervals(part: Range, scheme: Scheme | None) -> Iterable[Interval]:
    start: bytes | None = None
    placed = sorted(((_place(event, scheme), event) for event in part.events), key=_by_place)
    for at, group in groupby(placed, key=_by_place):
        events = [event for _, event in group]
        ends = [event for event in events if event.introduced is None]
        closes = start is not None and bool(ends)
        if start is not None and ends:
            yield Interval(start, at, next((event.fixed for event in ends if event.fixed), None))
            start = None
        # Introduced where it is fixed, with nothing open before, is an empty interval: never affected.
        if len(events) > len(ends) and start is None and (closes or not ends):
            start = at
    if start is not None:
        yield Interval(start, NEVER)


def _by_place(placed: tuple[bytes, Event]) -> bytes:
    return placed[0]


def _place(event: Event, scheme: Scheme | None) -> bytes:
    if event.introduced is not None:
        return FIRST if event.introduced == "0" else _key(event.introduced, scheme)
    if event.fixed is not None:
        return FIRST if event.fixed == "0" else _key(event.fixed, scheme)
    if event.last_affected is not None:
        return _after(event.last_affected, scheme)
    return NEVER if event.limit in (None, "*") else _key(str(event.limit), scheme)


def _after(version: str, scheme: Scheme | None) -> bytes:
    if scheme is Scheme.RPM and "-" not in version:
        return rpm.after_releases(version)
    return including(_key(version, scheme))


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
