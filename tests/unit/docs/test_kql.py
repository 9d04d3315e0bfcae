"""The page on the query language lists what there is, and the numbers on it are right."""

from __future__ import annotations

import re
from pathlib import Path

from shared.api.resource_graph.tables import MOST_ROWS
from shared.kql import limits
from shared.kql.aggregates.registry import AGGREGATES, WHOLE_ROWS
from shared.kql.functions.registry import FUNCTIONS, SPECIAL
from shared.kql.parsing.expressions import EQUALITY, LISTED, ORDER, TEXT_OPERATORS
from shared.kql.parsing.operators import OPERATORS
from shared.kql.parsing.tables import KINDS
from shared.kql.tables import TABLES
from shared.services.query_quota import QUERIES, SECONDS
from tests.unit.shared.kql.queries.test_queries import CASES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "KQL.md").read_text()


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def listed(text: str) -> list[str]:
    """Return the names of the paragraph that is the list."""
    paragraphs = [part for part in text.strip().split("\n\n") if re.fullmatch(r"(`[\w-]+`,?\s*)+", part)]
    return [name for part in paragraphs for name in re.findall(r"`([\w-]+)`", part)]


def test_every_operator_is_listed() -> None:
    assert listed(section("Statements and operators")) == sorted(OPERATORS)
    assert all(f"`{kind}`" in section("Statements and operators") for kind in KINDS)


def test_every_function_is_listed() -> None:
    assert listed(section("Functions")) == sorted([*FUNCTIONS, *SPECIAL, "column_ifexists"])


def test_every_aggregate_is_listed() -> None:
    assert listed(section("Aggregates")) == sorted([*AGGREGATES, *WHOLE_ROWS])


def test_every_comparison_is_listed() -> None:
    text = section("Comparisons")
    names = [name for name in (*EQUALITY, *ORDER, *LISTED, *TEXT_OPERATORS) if name[0] != "!" or name in ("!=", "!~")]
    assert [name for name in names if f"`{name.removesuffix('_cs')}`" not in text] == []


def test_every_table_is_listed() -> None:
    assert all(f"| `{table}` |" in PAGE for table in TABLES)


def test_the_count_of_queries_is_right_wherever_it_is_told() -> None:
    assert f"The {len(CASES)} queries" in PAGE
    for page in ("README.md", "docs/API.md"):
        assert re.findall(r"(\d+) test queries", (ROOT / page).read_text()) == [str(len(CASES))]


def test_the_limits_are_those_of_the_code() -> None:
    text, chosen = section("Limits"), limits.QueryLimits()
    for told in (
        f"{limits.QUERY_BYTES // 1024} KiB, {limits.NESTING} levels",
        f"| joins, expansions, legs of a union | {limits.OPERATORS} of each |",
        f"| {chosen.rows:,} |",
        f"| {MOST_ROWS:,} |",
        f"| {limits.STRING_CHARACTERS:,} characters |",
        f"1,000 rows, {limits.RESULT_BYTES // 2**20} MiB",
        f"| {chosen.seconds:.0f} seconds |",
        f"| {chosen.memory_bytes // 2**20} MiB |",
        f"| {QUERIES} in {SECONDS:.0f} seconds",
    ):
        assert told in text, told
