"""The tables of Resource Graph: only what a query needs is brought, and only what changed is brought again."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from benchmarks.preparation.made_estate import MadeEstate
from shared.api.resource_graph.tables import ResourceTables
from shared.domain.references import ImageId
from shared.kql.conditions import table_uses
from shared.kql.failures import LimitFailure
from shared.kql.parsing.query import parse_query
from shared.kql.sandbox.orders import Block, Rows
from shared.projections.findings_index.interface import Revision
from shared.services.query_estate import Estate

FINDINGS = "securityresources | where type == 'microsoft.security/assessments/subassessments'"
DIGEST = " | where properties.additionalData.artifactDetails.digest == "


class Changing:
    """Ten images with five findings each, any of which can be said to have changed."""

    def __init__(self) -> None:
        self.made = MadeEstate(50, of_each=5)
        self.number = 1
        self.changed: tuple[ImageId, ...] = ()

    def __call__(self) -> Estate:
        estate = self.made()
        return replace(estate, registries=tuple(estate.registries))

    def revision(self) -> Revision:
        return Revision("made", self.number, "")

    def changes(self, since: Revision | None) -> Iterator[ImageId]:
        yield from self.changed

    def digest(self, number: int) -> str:
        return self.made().registries[0].images[number].digest

    def change(self, number: int) -> None:
        image = self.made().registries[0].images[number]
        self.number += 1
        self.changed = (ImageId(image.registry, image.digest),)


class Held:
    """What would be in the server."""

    def __init__(self) -> None:
        self.rows: dict[Block, Rows] = {}
        self.put_in: list[Block] = []

    def put(self, blocks: Mapping[Block, Rows | None]) -> None:
        for name, rows in blocks.items():
            if rows is None:
                del self.rows[name]
            else:
                self.rows[name] = rows
                self.put_in.append(name)

    def brought(self) -> int:
        """Count the images that were brought since the last call."""
        found = sum(name[1] != "" for name in self.put_in)
        self.put_in.clear()
        return found


@pytest.fixture
def estate() -> Changing:
    return Changing()


@pytest.fixture
def tables(estate: Changing) -> ResourceTables:
    return ResourceTables(estate, estate)


@pytest.fixture
def held() -> Held:
    return Held()


def fill(tables: ResourceTables, held: Held, text: str, *, anew: bool = False) -> dict[str, list[str]]:
    return tables.fill(table_uses(parse_query(text)), held.put, anew=anew)


def test_a_query_that_names_an_image_brings_that_image_only(
    tables: ResourceTables, held: Held, estate: Changing
) -> None:
    wanted = fill(tables, held, FINDINGS + DIGEST + f"'{estate.digest(3)}'", anew=True)
    assert held.brought() == 1
    [name] = [name for name in wanted["securityresources"] if name]
    rows = held.rows["securityresources", name]
    assert len(rows) == 10
    assert {row["properties"]["status"]["code"] for row in rows} == {"Unhealthy"}


def test_what_was_brought_is_not_brought_again(tables: ResourceTables, held: Held) -> None:
    fill(tables, held, FINDINGS, anew=True)
    assert held.brought() == 10
    fill(tables, held, FINDINGS)
    assert held.put_in == []


def test_an_image_that_changed_is_brought_again(tables: ResourceTables, held: Held, estate: Changing) -> None:
    fill(tables, held, FINDINGS, anew=True)
    held.brought()
    estate.change(4)
    fill(tables, held, FINDINGS)
    assert held.brought() == 1


def test_a_server_that_begins_anew_is_brought_everything(tables: ResourceTables, held: Held) -> None:
    fill(tables, held, FINDINGS, anew=True)
    fill(tables, held, FINDINGS, anew=True)
    assert held.brought() == 20


def test_rows_of_another_type_bring_no_image(tables: ResourceTables, held: Held) -> None:
    fill(tables, held, "securityresources | where type == 'microsoft.security/assessments'", anew=True)
    fill(tables, held, "resources | project id")
    assert held.brought() == 0
    assert set(held.rows) == {("securityresources", ""), ("resources", "")}


def test_every_use_of_a_table_gets_its_rows(tables: ResourceTables, held: Held, estate: Changing) -> None:
    one, other = (FINDINGS + DIGEST + f"'{estate.digest(number)}'" for number in (1, 2))
    fill(tables, held, f"{one} | union ({other})", anew=True)
    assert held.brought() == 2


def test_rows_that_are_not_needed_make_room(held: Held, estate: Changing) -> None:
    tables = ResourceTables(estate, estate, most_rows=40)
    for number in range(10):
        fill(tables, held, FINDINGS + DIGEST + f"'{estate.digest(number)}'", anew=number == 0)
    assert held.brought() == 10
    assert sum(map(len, held.rows.values())) <= 40


def test_a_query_that_needs_more_rows_than_there_is_room_for_is_refused(held: Held, estate: Changing) -> None:
    tables = ResourceTables(estate, estate, most_rows=40)
    with pytest.raises(LimitFailure, match="reads more than 40 rows"):
        fill(tables, held, FINDINGS, anew=True)
    fill(tables, held, FINDINGS + DIGEST + f"'{estate.digest(0)}'")
    assert held.brought() > 0
