"""Queries of Resource Graph, read and answered over a few made rows."""

from __future__ import annotations

from typing import Any

from shared.kql.conditions import table_uses
from shared.kql.evaluation.frame import Frame
from shared.kql.failures import QueryFailure
from shared.kql.limits import QueryLimits
from shared.kql.parsing.query import parse_query
from shared.kql.paths import paths_in
from shared.kql.query import answer_query
from shared.kql.rendering import render
from shared.kql.tables import SCHEMA, TABLES
from tests.fuzz.interface import Target

_SEEDS = (
    "securityresources | where type =~ 'a' and properties.s.code != \"x\" | extend k = extract(@'(\\d+)', 1, id)",
    "resources | summarize n = count(), make_set(name), arg_max(todouble(properties.n), *) by bin(now(), 1d)",
    "let t = ago(1d); resources | join kind=leftouter (securityresources | project id) on $left.id == $right.id",
    "resources | mv-expand with_itemindex=i x = properties.l to typeof(long) | parse id with * '/' a:long '/' *",
    "resources | mv-apply c = properties.l on (top 1 by tostring(c) | project c) | union (resources | take 1)",
    "print a = dynamic({'x': [1, -2.5, null, true]}), b = datetime(2026-11-22), c = 1.5h, d = 'a' in~ ('A', \"b\")",
    "resources | order by name asc nulls last | project-away s* | where * has 'x' or name between ('a' .. 'b')",
)
_ROWS: list[dict[str, Any]] = [
    {"id": "/a/1", "name": "a", "type": "a", "properties": {"s": {"code": "x"}, "n": 1, "l": [1, "2", None]}},
    {"id": "/b/2", "name": "b", "type": "b", "properties": None},
]
_LIMITS = QueryLimits(rows=10_000)


class _Tables:
    def frame(self, table: str) -> Frame:
        return Frame.of_rows(_ROWS, SCHEMA)


def _parse(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    try:
        query = parse_query(text)
    except QueryFailure as failure:
        _check(failure, text)
        return
    assert all(use.table in TABLES for use in table_uses(query))
    assert all(path[0] in SCHEMA for path in paths_in(query))


def _answer(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    try:
        answer = answer_query(text, _Tables(), 638_000_000_000_000_000, _LIMITS)
        count, page = render(answer, 0, 100, table=False)
    except QueryFailure as failure:
        _check(failure, text)
        return
    assert count <= 100
    assert page[:1] == b"["


def _check(failure: QueryFailure, text: str) -> None:
    assert failure.message
    assert failure.at is None or 0 <= failure.at <= len(text)


TARGETS = (
    Target("kql", _parse, lambda: [seed.encode() for seed in _SEEDS]),
    Target("kql-answer", _answer, lambda: [seed.encode() for seed in _SEEDS], longest=2048),
)
