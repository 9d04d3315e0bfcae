"""Findings with their clocks, read from the index as of a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from heapq import heappush, heappushpop
from typing import NamedTuple

from shared.domain.exposure import Outcome
from shared.domain.exposure_figures import Group, Reckoning, Tally, TimedFinding
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.findings_index import past_queries
from shared.projections.findings_index.interface import Asked, Reckoned

_SEVERITIES = {severity.rank: severity for severity in Severity}
_MOST_CLOCKS = 1 << 20  # of an image


class Exposed(NamedTuple):
    """A finding, the number of its image, and its place among the clocks of the image."""

    image: int
    place: int
    finding: TimedFinding


def reckon(connection: sqlite3.Connection, asked: Asked, how: Reckoning, most: int) -> Reckoned:
    """Add findings up, and list those that have been open longest."""
    groups: dict[Group, Tally] = {}
    oldest: list[tuple[int, int, int]] = []
    for image, place, found in exposed(connection, asked):
        group = found.registry, found.repository, found.severity
        if group not in groups:
            groups[group] = Tally()
        groups[group].add(found, how)
        if found.ended is None and (len(oldest) < most or found.since < -oldest[0][0]):
            (heappush if len(oldest) < most else heappushpop)(oldest, (-found.since, -image, -place))
    listed = [(_name(connection, -image), -place) for _, image, place in sorted(oldest, reverse=True)]
    [untold] = connection.execute(*past_queries.untold(asked.registry)).fetchone()
    return Reckoned(groups, listed, untold)


def _name(connection: sqlite3.Connection, image: int) -> ImageId:
    return ImageId(*connection.execute("SELECT registry, digest FROM image WHERE id = ?", (image,)).fetchone())


def exposed(connection: sqlite3.Connection, asked: Asked) -> Iterator[Exposed]:
    """Yield all findings that were known by a time."""
    replaced = _replaced(connection, asked)
    rank = None if asked.severity is None else asked.severity.rank
    query = past_queries.clocks(asked.registry, asked.repository, rank, asked.at)
    for image, place, registry, repository, severity, since, ended, deleted, disabled in connection.execute(*query):
        how = None if ended is None else Outcome.DELETED if deleted else Outcome.NO_LONGER_REPORTED
        handed_on = replaced.get(image * _MOST_CLOCKS + place)
        if handed_on is not None and (ended is None or handed_on < ended):
            ended, how = handed_on, Outcome.REPLACED
        found = TimedFinding(registry, repository, _SEVERITIES[severity], since, ended, how, bool(disabled))
        yield Exposed(image, place, found)


def _replaced(connection: sqlite3.Connection, asked: Asked) -> dict[int, int]:
    """Return since when the tag of an image has named one without the finding, by image and place."""
    ends: dict[int, int] = {}
    further: dict[int, tuple[int, int]] = {}
    for image, place, at, heir, same in connection.execute(*past_queries.links(asked.registry, asked.at)):
        if same is None:
            ends[image * _MOST_CLOCKS + place] = at
        else:
            further[image * _MOST_CLOCKS + place] = at, heir * _MOST_CLOCKS + same
    for key in list(further):
        _follow(key, ends, further)
    return ends


def _follow(key: int, ends: dict[int, int], further: dict[int, tuple[int, int]]) -> None:
    """Follow a finding from image to image to one that lacks it, if there is one, and note that of all on the way."""
    path: list[int] = []
    seen = set[int]()
    while key not in ends and key in further and key not in seen:
        seen.add(key)
        path.append(key)
        key = further[key][1]
    if key not in ends:
        for one in path:  # nor is it for whatever leads here
            del further[one]
        return
    end = ends[key]
    for one in reversed(path):
        end = ends[one] = max(end, further[one][0])
