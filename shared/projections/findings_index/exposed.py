"""Findings with their clocks, read from the index as of a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from heapq import heappush, heappushpop
from typing import NamedTuple

from shared.domain.exposure import Outcome
from shared.domain.exposure_figures import Group, Reckoning, Tally, TimedFinding
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.findings_index import past_queries
from shared.projections.findings_index.handed_on import HandedOn
from shared.projections.findings_index.interface import Asked, Reckoned
from shared.projections.findings_index.packed_clocks import ClockGroup

_SEVERITIES = {severity.rank: severity for severity in Severity}


class Exposed(NamedTuple):
    """Findings of an image that went the same way: the number of the image, and their places among its clocks."""

    image: int
    places: Sequence[int]
    finding: TimedFinding


def reckon(connection: sqlite3.Connection, asked: Asked, how: Reckoning, most: int) -> Reckoned:
    """Add findings up, and list those that have been open longest."""
    groups: dict[Group, Tally] = {}
    oldest: list[tuple[int, int, int]] = []
    for image, places, found in exposed(connection, asked):
        group = found.registry, found.repository, found.severity
        if group not in groups:
            groups[group] = Tally()
        groups[group].add(found, how, len(places))
        if found.ended is None and (len(oldest) < most or found.since <= -oldest[0][0]):
            for place in places:
                (heappush if len(oldest) < most else heappushpop)(oldest, (-found.since, -image, -place))
    listed = [(_name(connection, -image), -place) for _, image, place in sorted(oldest, reverse=True)]
    [untold] = connection.execute(*past_queries.untold(asked.registry)).fetchone()
    return Reckoned(groups, listed, untold)


def _name(connection: sqlite3.Connection, image: int) -> ImageId:
    return ImageId(*connection.execute("SELECT registry, digest FROM image WHERE id = ?", (image,)).fetchone())


def exposed(connection: sqlite3.Connection, asked: Asked) -> Iterator[Exposed]:
    """Yield all findings that were known by a time."""
    rank = None if asked.severity is None else asked.severity.rank
    handed_on = HandedOn(connection, asked.at, asked.registry, asked.repository)
    for image in handed_on.asked:
        replaced = handed_on.ends(image)
        for group in image.groups:
            told = group.told(asked.at)
            if told is None or rank not in (None, told.severity):
                continue
            for end, places in _by_end(group, replaced).items():
                ended, how = _ending(group, end, asked.at)
                where = image.about.registry, image.repository, _SEVERITIES[told.severity]
                yield Exposed(image.number, places, TimedFinding(*where, group.since, ended, how, told.disabled))


def _by_end(group: ClockGroup, replaced: dict[int, int]) -> dict[int | None, Sequence[int]]:
    """Part the places of clocks by when the findings were replaced, None for those that were not."""
    if not replaced:
        return {None: group.places}
    parts: dict[int | None, list[int]] = {}
    for place in group.places:
        parts.setdefault(replaced.get(place), []).append(place)
    return {**parts}


def _ending(group: ClockGroup, replaced: int | None, at: int) -> tuple[int | None, Outcome | None]:
    """Say when findings ended and how: of several ways, by the first."""
    own = group.ended if group.ended is not None and group.ended <= at else None
    if replaced is not None and (own is None or replaced < own):
        return replaced, Outcome.REPLACED
    if own is None:
        return None, None
    return own, Outcome.DELETED if group.deleted else Outcome.NO_LONGER_REPORTED
