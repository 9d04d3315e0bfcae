"""The findings index over SQLite: brings its file up to date before each question, and asks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import msgspec

from shared.domain.finding_criteria import FindingCriteria
from shared.domain.findings import Finding
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.references import ImageId
from shared.domain.upgrades import Upgrade
from shared.projections.findings_index import queries
from shared.projections.findings_index.contents import Contents
from shared.projections.findings_index.file import IndexDamaged, IndexFile, IndexIncomplete
from shared.projections.findings_index.interface import (
    FindingPosition,
    Found,
    ImagePosition,
    IndexUnusable,
    Revision,
    Unreadable,
)
from shared.projections.findings_index.kept_rules import microseconds
from shared.projections.findings_index.queries import Query
from shared.projections.findings_index.refresh import Refresh
from shared.projections.image_rows import ImageAnswer

_COMPARE_SECONDS = 300.0


@dataclass
class SqliteFindingsIndex:
    """Implements ``FindingsIndex``; an answer is at most ``seconds`` older than the question."""

    file: IndexFile
    refresh: Refresh
    now: Callable[[], datetime]
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _refreshed: float = float("-inf")
    _compared: float = float("-inf")
    _failed: tuple[float, Exception] | None = None

    def images(
        self,
        *,
        registry: str | None = None,
        repository: str | None = None,
        health: Health | None = None,
        after: ImagePosition | None = None,
        most: int | None = None,
    ) -> Iterator[ImageAnswer]:
        """Yield images, worst first: those after a position, and at most so many."""
        for shown, upgrades in self._rows(queries.images(registry, repository, health, after, most)):
            health_of_it = msgspec.json.decode(shown, type=ImageHealth)
            yield ImageAnswer(health_of_it, msgspec.json.decode(upgrades, type=tuple[Upgrade, ...]), listed=True)

    def findings(self, criteria: FindingCriteria) -> Iterator[tuple[ImageHealth, JudgedFinding]]:
        """Yield all findings that are looked for with their images, worst first; nothing is read ahead."""
        for found in self.found(criteria):
            yield found.image, found.judged

    def found(
        self, criteria: FindingCriteria, *, after: FindingPosition | None = None, most: int | None = None
    ) -> Iterator[Found]:
        """Yield findings as ``findings`` does: those after a position, and at most so many."""
        images: dict[int, ImageHealth] = {}
        query = queries.found(criteria, after, most, microseconds(self.now()))
        for number, shown, content, rule, *position in self._rows(query):
            if number not in images:
                images[number] = msgspec.json.decode(shown, type=ImageHealth)
            judged = JudgedFinding(msgspec.json.decode(content, type=Finding), rule)
            yield Found(images[number], judged, FindingPosition(*position))

    def count(self, criteria: FindingCriteria) -> int:
        """Return how many findings are looked for."""
        [(number,)] = self._rows(queries.count(criteria, microseconds(self.now())))
        return int(number)

    def unreadable(self, criteria: FindingCriteria) -> Iterator[Unreadable]:
        """Yield the images within the criteria whose findings are unknown, as their report cannot be read."""
        for shown, problem in self._rows(queries.unreadable(criteria)):
            yield Unreadable(msgspec.json.decode(shown, type=ImageHealth), problem)

    def revision(self) -> Revision:
        """Return the state of the index."""
        query = Query(
            "SELECT build, number, (SELECT json_group_array(place) FROM rule WHERE expires IS NULL OR expires > :now)"
            " FROM state",
            {"now": microseconds(self.now())},
        )
        [row] = self._rows(query)
        return Revision(*row)

    def changes(self, since: Revision | None) -> Iterator[ImageId]:
        """Yield the images that may have changed since a state, and those that went away."""
        before = self.revision()
        same = since is not None and (since.build, since.rules) == (before.build, before.rules)
        number = since.number if since is not None and same else -1
        for registry, digest in self._rows(
            Query("SELECT registry, digest FROM image WHERE changed > :number", {"number": number})
        ):
            yield ImageId(registry, digest)

    def _rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of an answer; a file that turns out to be damaged is made anew once, before the first row."""
        begun = False
        try:
            for row in self._answered(query):
                begun = True
                yield row
        except IndexDamaged as error:
            self._forget(discard=True)
            if begun:
                raise IndexUnusable(f"{error}; it will be made anew, ask again") from error
            yield from self._answered(query)
        except IndexIncomplete:
            self._forget(discard=False)
            yield from self._answered(query)

    def _answered(self, query: Query) -> Iterator[tuple[Any, ...]]:
        self._bring_up_to_date()
        with self.file.reading() as connection:
            if not Contents(connection).state().complete:
                raise IndexIncomplete(f"another process is filling {self.file.path} anew")
            with closing(connection.execute(query.text, query.parameters)) as cursor:
                yield from cursor

    def _bring_up_to_date(self) -> None:
        """Refresh, unless somebody did since it was asked for, or shortly before; a failure is theirs too."""
        asked = self.clock()
        with self._lock:
            if asked - self._refreshed <= self.seconds:
                return
            if self._failed is not None and asked <= self._failed[0]:
                raise IndexUnusable(f"the index could not be brought up to date: {self._failed[1]}") from self._failed[
                    1
                ]
            began = self.clock()
            try:
                self._refresh(began)
            except Exception as error:
                self._failed = began, error
                raise
            self._refreshed = began

    def _refresh(self, began: float) -> None:
        compare = began - self._compared >= _COMPARE_SECONDS
        try:
            self._refresh_file(compare=compare)
        except IndexDamaged:
            self.file.discard()
            self._refresh_file(compare=True)
        if compare:
            self._compared = began

    def _refresh_file(self, *, compare: bool) -> None:
        with self.file.changing() as connection:
            self.refresh(Contents(connection), compare=compare)

    def _forget(self, *, discard: bool) -> None:
        """Have the next question refresh, however short ago that was done."""
        with self._lock:
            self._refreshed = float("-inf")
            if discard:
                self.file.discard()
