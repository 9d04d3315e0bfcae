"""The findings index over SQLite: brings its file up to date before each question, and asks it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, pairwise
from operator import add
from threading import Lock

from shared.domain.exploits import Exploits
from shared.domain.exposure_figures import Reckoning
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.domain.upgrades import UpgradeKey
from shared.projections.findings_index import exploit_queries, past_queries, queries
from shared.projections.findings_index.contents import Contents
from shared.projections.findings_index.exposed import reckon
from shared.projections.findings_index.file import IndexDamaged, IndexFile, IndexIncomplete
from shared.projections.findings_index.interface import (
    Asked,
    FindingPosition,
    Found,
    FoundFindings,
    ImagePosition,
    IndexUnusable,
    Reckoned,
    Revision,
    Trend,
    Unanswered,
    Unreadable,
)
from shared.projections.findings_index.queries import Query
from shared.projections.findings_index.reading import AnswerReader, ReadRows, found_in, ids_in, unreadable_in
from shared.projections.findings_index.refresh import Refresh
from shared.projections.findings_index.whole_times import LATER, microseconds, time_of
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
    _discarded: float = float("-inf")
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
        asked = queries.images(registry, repository, health, after, most)
        return self._rows(asked, AnswerReader())

    def known(self, since: Revision | None = None) -> Iterator[ImageAnswer]:
        """Yield every image that is known, or those that changed since a state of the same build, worst first.

        Those that were deleted, and artifacts, are not listed.
        """
        return self._rows(queries.known(since), AnswerReader())

    def findings(self, criteria: FindingCriteria) -> Iterator[tuple[ImageHealth, JudgedFinding]]:
        """Yield all findings that are looked for with their images, worst first; nothing is read ahead."""
        for found in self.found(criteria):
            yield found.image, found.judged

    def found(
        self, criteria: FindingCriteria, *, after: FindingPosition | None = None, most: int | None = None
    ) -> Iterator[Found]:
        """Yield findings as ``findings`` does: those after a position, and at most so many."""
        return self._rows(queries.found(criteria, after, most, self._now), found_in)

    def search(
        self, criteria: FindingCriteria, *, after: FindingPosition | None = None, most: int | None = None
    ) -> FoundFindings:
        """Return what ``found`` and ``unreadable`` give, and what is unanswered, all of one state of the index."""
        found, unreadable = queries.found(criteria, after, most, self._now), queries.unreadable(criteria)
        unanswered = queries.unanswered(criteria)

        def read(connection: sqlite3.Connection) -> FoundFindings:
            rows = connection.execute(*found)
            unknown = unreadable_in(connection, connection.execute(*unreadable))
            counts = dict(connection.execute(*unanswered).fetchall())
            return FoundFindings(list(found_in(connection, rows)), list(unknown), Unanswered.of(counts))

        return self._ask(read)

    def count(self, criteria: FindingCriteria) -> int:
        """Return how many findings are looked for."""
        query = queries.count(criteria, self._now)
        return int(self._ask(lambda connection: connection.execute(*query).fetchone()[0]))

    def unreadable(self, criteria: FindingCriteria) -> Iterator[Unreadable]:
        """Yield the images within the criteria whose findings are unknown, as their report cannot be read."""
        return self._rows(queries.unreadable(criteria), unreadable_in)

    def trend(self, registry: str | None, repository: str | None, times: Sequence[datetime]) -> Trend:
        """Return the totals of all images, or of those of a registry or a repository, at times in order."""
        numbers = [microseconds(at) for at in times]
        steps = [past_queries.totals(registry, repository, *step) for step in pairwise((-LATER, *numbers))]

        def read(connection: sqlite3.Connection) -> Trend:
            changes = [connection.execute(*step).fetchone() for step in steps]
            short = connection.execute(*past_queries.shortened(numbers[0])).fetchall()
            totals = list(accumulate(changes, lambda one, more: tuple(map(add, one, more))))
            return Trend(totals, [(ImageId(registry, digest), time_of(since)) for registry, digest, since in short])

        return self._ask(read)

    def exposure(self, asked: Asked, how: Reckoning, most: int) -> Reckoned:
        """Add the clocks of findings up as of a time, and list so many of those that have been open longest."""
        return self._ask(lambda connection: reckon(connection, asked, how, most))

    def exploits(
        self, registry: str | None, repository: str | None, threshold: Severity, without: Collection[str] = ()
    ) -> Mapping[UpgradeKey, Exploits]:
        """Sum up the exploitation of the findings of unhealthy images that count, by what is to be upgraded.

        ``without`` are registries that are left out.
        """
        within = exploit_queries.Within(registry, repository, threshold, without)
        exploited, likeliest = (
            ask(within, self._now) for ask in (exploit_queries.exploited, exploit_queries.likeliest)
        )

        def read(connection: sqlite3.Connection) -> Mapping[UpgradeKey, Exploits]:
            counts = {_upgrade(*key): count for *key, count in connection.execute(*exploited)}
            scores = {_upgrade(*key): -score for *key, score in connection.execute(*likeliest) if score}
            return {key: Exploits(counts.get(key, 0), scores.get(key)) for key in counts.keys() | scores.keys()}

        return self._ask(read)

    def revision(self) -> Revision:
        """Return the state of the index."""
        query = queries.revision(self._now)
        return Revision(*self._ask(lambda connection: connection.execute(*query).fetchone()))

    def changes(self, since: Revision | None) -> Iterator[ImageId]:
        """Yield the images that may have changed since a state, and those that went away."""
        return self._rows(queries.changes(since, self._now), ids_in)

    def settled(self) -> SqliteFindingsIndex:
        """Look for changes once, and return the index as it then is: for a question that takes many readings."""
        self._bring_up_to_date()
        return _Settled(self.file, self.refresh, self.now, self.seconds, self.clock, origin=self)

    @property
    def _now(self) -> int:
        return microseconds(self.now())

    def _rows[Answer](self, query: Query, read: ReadRows[Answer]) -> Iterator[Answer]:
        """Yield what is read of rows while they are read; what is wrong with the file may show at any of them."""
        begun = False
        try:
            with self._snapshot() as connection:
                for answer in read(connection, connection.execute(*query)):
                    begun = True
                    yield answer
        except (IndexDamaged, IndexIncomplete) as error:
            if begun:
                raise IndexUnusable(f"{error}; it will be made anew, ask again") from error
        else:
            return
        with self._snapshot() as connection:
            yield from read(connection, connection.execute(*query))

    def _ask[Answer](self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Read an answer as a whole; of a file that turns out to be damaged, once more after it was made anew."""
        with suppress(IndexDamaged, IndexIncomplete), self._snapshot() as connection:
            return read(connection)
        with self._snapshot() as connection:
            return read(connection)

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        self._bring_up_to_date()
        began = self.clock()
        try:
            with self.file.reading() as connection:
                if not Contents(connection).state().complete:
                    raise IndexIncomplete(f"another process is filling {self.file.path} anew")
                yield connection
        except (IndexDamaged, IndexIncomplete) as error:
            self._forget(error, began)
            raise

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
            self._discard()
            self._refresh_file(compare=True)
        if compare:
            self._compared = began

    def _refresh_file(self, *, compare: bool) -> None:
        with self.file.changing() as connection:
            self.refresh(Contents(connection), compare=compare)

    def _forget(self, error: IndexDamaged | IndexIncomplete, began: float) -> None:
        """Have the next question refresh, however short ago that was done.

        The file that a reading began on is deleted once, and not the one made anew since, by whoever else read it.
        """
        with self._lock:
            self._refreshed = float("-inf")
            if isinstance(error, IndexDamaged) and began > self._discarded:
                self._discard()

    def _discard(self) -> None:
        self.file.discard()
        self._discarded = self.clock()


@dataclass
class _Settled(SqliteFindingsIndex):
    """Looks for no changes, unless its file is damaged."""

    origin: SqliteFindingsIndex = field(kw_only=True)

    def _bring_up_to_date(self) -> None:
        pass

    def _forget(self, error: IndexDamaged | IndexIncomplete, began: float) -> None:
        self.origin._forget(error, began)
        self.origin._bring_up_to_date()


def _upgrade(package: str, ecosystem: str, closable: int) -> UpgradeKey:
    return UpgradeKey(package, ecosystem, bool(closable))
