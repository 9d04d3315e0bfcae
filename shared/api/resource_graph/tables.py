"""The tables of Resource Graph over the estate: rows are made of what changed since the last query, and then kept.

A block is what is put in and taken out together: the findings of an image in one of its repositories, or the few other
rows of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shared.api.arm.facts import Json
from shared.api.arm.rows.security import assessment_rows, score_rows, sub_assessment_rows
from shared.api.arm.rows.tables import TABLES
from shared.api.arm.subjects import Place, places
from shared.domain.references import ImageId
from shared.kql.conditions import Conditions, TableUse
from shared.kql.failures import LimitFailure
from shared.kql.sandbox.orders import Block
from shared.kql.sandbox.server_process import Put
from shared.kql.value_types import SlotPath
from shared.projections.findings_index.interface import Revision
from shared.services.query_caveats import Caveats
from shared.services.query_estate import Estate, RegistryImages

MOST_ROWS = 600_000
"""Rows that are kept at a time; a query that needs more is refused."""

_FINDINGS = "securityresources"
_FINDING_TYPE = "microsoft.security/assessments/subassessments"
_BASE = ""
_TOGETHER = 200
_DETAILS = ("properties", "additionalData")
_DIGEST: tuple[SlotPath, ...] = ((*_DETAILS, "imageDigest"), (*_DETAILS, "artifactDetails", "digest"))
_REPOSITORY: tuple[SlotPath, ...] = ((*_DETAILS, "repositoryName"), (*_DETAILS, "artifactDetails", "repositoryName"))
_REGISTRY: tuple[SlotPath, ...] = ((*_DETAILS, "registryHost"), (*_DETAILS, "artifactDetails", "registryHost"))


class Changes(Protocol):
    """Tells what has changed since an earlier state."""

    def revision(self) -> Revision:
        """Return the state."""
        ...

    def changes(self, since: Revision | None) -> Iterator[ImageId]:
        """Yield the images that may have changed since a state."""
        ...


@dataclass(frozen=True)
class _Kept:
    """A block that the server of queries holds: of which image, and how many rows."""

    image: ImageId | None
    rows: int


class ResourceTables:
    """Brings the rows that a query needs to the server of queries; never used by two threads at a time."""

    def __init__(self, estate: Callable[[], Estate], index: Changes, most_rows: int = MOST_ROWS) -> None:
        self._estate = estate
        self._index = index
        self._most_rows = most_rows
        self._kept: dict[Block, _Kept] = {}
        self._seen: tuple[Revision, date, Caveats] | None = None
        self._known: tuple[tuple[RegistryImages, ...], dict[str, Place]] = ((), {})

    def fill(self, uses: Sequence[TableUse], put: Put, *, anew: bool) -> dict[str, list[str]]:
        """Bring the rows for some uses of tables up to date, and return their blocks by table; raise LimitFailure."""
        if anew:
            self._kept.clear()
            self._seen = None
        revision = self._index.revision()
        estate = self._estate()
        self._forget(revision, estate, put)
        every = self._places(estate)
        needed = {use.table: [_BASE] for use in uses}
        wanted = {name: place for name, place in every.items() if any(_may_hold(use, place) for use in uses)}
        needed.setdefault(_FINDINGS, []).extend(wanted)
        self._bring(needed, wanted, estate, put)
        return needed

    def _forget(self, revision: Revision, estate: Estate, put: Put) -> None:
        """Take out what may have changed since the rows were brought."""
        now = revision, estate.at.date(), estate.caveats
        if self._seen == now:
            return
        seen = self._seen
        changed = set(self._index.changes(seen[0] if seen else None))
        everything = seen is None or seen[2] != estate.caveats
        gone = [
            block for block, kept in self._kept.items() if everything or kept.image is None or kept.image in changed
        ]
        self._take_out(gone, put)
        self._seen = now

    def _take_out(self, blocks: Iterable[Block], put: Put) -> None:
        gone = dict.fromkeys(blocks)
        for block in gone:
            del self._kept[block]
        put(gone)

    def _bring(
        self, needed: Mapping[str, Sequence[str]], wanted: Mapping[str, Place], estate: Estate, put: Put
    ) -> None:
        blocks = {(table, name) for table, names in needed.items() for name in names}
        for table in needed:
            if (table, _BASE) in blocks and (table, _BASE) not in self._kept:
                self._put({(table, _BASE): list(_base_rows(table, estate))}, {}, put)
        missing = [name for name in wanted if (_FINDINGS, name) not in self._kept]
        for start in range(0, len(missing), _TOGETHER):
            some = {name: wanted[name] for name in missing[start : start + _TOGETHER]}
            self._make_room(blocks, put)
            self._put(_finding_rows(some, estate), some, put)
        self._make_room(blocks, put)

    def _put(self, made: Mapping[Block, list[Json]], among: Mapping[str, Place], put: Put) -> None:
        put(made)
        for block, rows in made.items():
            place = among.get(block[1])
            image = ImageId(place.health.registry, place.health.digest) if place else None
            self._kept[block] = _Kept(image, len(rows))

    def _make_room(self, needed: set[Block], put: Put) -> None:
        if sum(kept.rows for kept in self._kept.values()) <= self._most_rows:
            return
        self._take_out([block for block in self._kept if block not in needed], put)
        if sum(kept.rows for kept in self._kept.values()) > self._most_rows:
            raise LimitFailure(
                f"The query reads more than {self._most_rows} rows; narrow it with 'where' by registryHost,"
                " repositoryName or digest."
            )

    def _places(self, estate: Estate) -> dict[str, Place]:
        if self._known[0] is not estate.registries:
            named = {_name(place): place for place in places(estate.registries)}
            self._known = estate.registries, named
        return self._known[1]


def _name(place: Place) -> str:
    return f"{place.health.registry}/{place.repository}@{place.health.digest}"


def _base_rows(table: str, estate: Estate) -> Iterator[Json]:
    if table == _FINDINGS:
        yield from score_rows(estate)
        yield from assessment_rows(estate)
    else:
        yield from TABLES[table](estate)


def _finding_rows(some: Mapping[str, Place], estate: Estate) -> dict[Block, list[Json]]:
    """Make the rows of some places; what is equal in them is the same object."""
    made: dict[Block, list[Json]] = {(_FINDINGS, name): [] for name in some}
    those = iter(some.items())
    name, place = next(those)
    # The rows of one place come after those of the one before it.
    for row in sub_assessment_rows(estate, some.values()):
        while not place.names.may_hold(row["name"]):
            name, place = next(those)
        made[_FINDINGS, name].append(row)
    return made


def _may_hold(use: TableUse, place: Place) -> bool:
    """Say whether the rows of findings of a place may meet the conditions of a use."""
    if use.table != _FINDINGS or not _one_of(use.conditions, (("type",),), _FINDING_TYPE):
        return False
    return (
        _one_of(use.conditions, _DIGEST, place.health.digest)
        and _one_of(use.conditions, _REPOSITORY, place.repository)
        and _one_of(use.conditions, _REGISTRY, place.health.registry)
    )


def _one_of(conditions: Conditions, paths: Sequence[SlotPath], value: str) -> bool:
    return all(value.lower() in conditions[path] for path in paths if path in conditions)
