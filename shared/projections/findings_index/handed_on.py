"""Findings that were handed on with a tag: which images replaced which, and in which the findings are still there.

What is meant is in ``shared/domain/exposure.py``: this says the same of all images at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shared.domain.references import ImageId
from shared.projections.findings_index import past_queries
from shared.projections.findings_index.packed_clocks import ClockGroup, unpack_clocks
from shared.projections.findings_index.queries import Query

type Ends = dict[int, int]
"""Since when the tag of an image has named one without a finding, by the place of its clock."""


@dataclass
class TimedImage:
    """An image with its clocks, and how its last tag had moved on by the time that is asked about."""

    number: int
    about: ImageId
    repository: str
    answered: int | None
    untold: int
    packed: bytes
    left: int | None
    successor: str | None
    ends: Ends | None = None

    @cached_property
    def groups(self) -> tuple[ClockGroup, ...]:
        """The clocks."""
        return unpack_clocks(self.packed)

    @cached_property
    def first_places(self) -> dict[int, int]:
        """The first place of each flaw."""
        found: dict[int, int] = {}
        for group in self.groups:
            found.update(zip(group.flaws, group.places, strict=True))
        if len(found) < len(self.groups_by_place):
            pairs = (zip(group.places, group.flaws, strict=True) for group in self.groups)
            found = {flaw: place for place, flaw in sorted((pair for one in pairs for pair in one), reverse=True)}
        return found

    @cached_property
    def groups_by_place(self) -> dict[int, ClockGroup]:
        """The group of each clock."""
        found: dict[int, ClockGroup] = {}
        for group in self.groups:
            found.update(dict.fromkeys(group.places, group))
        return found

    def same(self, flaw: int, at: int) -> int | None:
        """Return the first clock of a flaw that was there at a time, by its place."""
        first = self.first_places.get(flaw)
        if first is None or self.groups_by_place[first].there(at):
            return first
        others = (group for group in self.groups if flaw in group.flaws and group.there(at))
        return min((group.places[group.flaws.index(flaw)] for group in others), default=None)


class HandedOn:
    """The images of an index as of a time; those that are asked for are read with the first question."""

    def __init__(self, connection: sqlite3.Connection, at: int, registry: str | None, repository: str | None) -> None:
        self._connection, self._at = connection, at
        self._images: dict[ImageId, TimedImage | None] = {}
        self.asked = list(self._read(past_queries.timed_images(registry, repository, None, at)))

    def ends(self, image: TimedImage) -> Ends:
        """Return which findings of an image had been replaced, and since when."""
        way: dict[int, tuple[TimedImage, TimedImage]] = {}
        one: TimedImage = image
        while one.ends is None and one.number not in way and (heir := self._heir(one)) is not None:
            way[one.number] = one, heir
            one = heir
        circular = one.number in way
        if one.ends is None and not circular:
            one.ends = {}
        for old, heir in reversed(way.values()):
            old.ends = dict(self._walked(old)) if circular else _replaced(old, heir, self._at)
        return image.ends or {}

    def _heir(self, image: TimedImage) -> TimedImage | None:
        """Return what the tag of an image names instead, None where nobody knows all that is in it."""
        if image.left is None or image.successor is None:
            return None
        heir = self._find(ImageId(image.about.registry, image.successor))
        if heir is None or heir.answered is None or heir.answered > self._at or heir.untold:
            return None
        return heir

    def _find(self, about: ImageId) -> TimedImage | None:
        if about not in self._images:
            self._images[about] = None
            list(self._read(past_queries.timed_images(about.registry, None, about.digest, self._at)))
        return self._images[about]

    def _read(self, query: Query) -> Iterator[TimedImage]:
        for number, registry, digest, *rest in self._connection.execute(*query):
            about = ImageId(registry, digest)
            found = self._images[about] = TimedImage(number, about, *rest)
            yield found

    def _walked(self, image: TimedImage) -> Iterator[tuple[int, int]]:
        """Yield the same where the successors go round in a circle, as they may for a moment: each is visited once."""
        for group in image.groups:
            for place, flaw in zip(group.places, group.flaws, strict=True):
                if group.since <= self._at and (end := self._walk(image, flaw, group.since)) is not None:
                    yield place, end

    def _walk(self, image: TimedImage, flaw: int, since: int) -> int | None:
        known, seen = since, set[int]()
        while (heir := self._heir(image)) is not None and heir.number not in seen:
            seen.add(heir.number)
            handed = max(since, image.left or 0, heir.answered or 0)
            known = max(known, handed)
            same = heir.same(flaw, handed)
            if same is None:
                return known
            image, since = heir, heir.groups_by_place[same].since
        return None


def _replaced(image: TimedImage, heir: TimedImage, at: int) -> Ends:
    ends: Ends = {}
    later = heir.ends or {}
    for group in image.groups:
        if group.since > at:
            continue
        handed = max(group.since, image.left or 0, heir.answered or 0)
        for place, flaw in zip(group.places, group.flaws, strict=True):
            same = heir.same(flaw, handed)
            if same is None:
                ends[place] = handed
            elif same in later:
                ends[place] = max(handed, later[same])
    return ends
