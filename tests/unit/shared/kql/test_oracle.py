"""Answers beside those of an independent engine, duckdb-kql over DuckDB, whose tests are tied to Kusto's emulator."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import duckdb_kql
import msgspec
import pytest

from shared.kql.time_texts import datetime_ticks
from tests.support.graph_rows import TABLES, ask, columns

type Answer = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def oracle() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb_kql.connect()
    for table, rows in TABLES.items():
        names = ("id", "name", "type", "subscriptionId", "resourceGroup", "location", "properties")
        kinds = ", ".join(f'"{name}" {"JSON" if name == "properties" else "VARCHAR"}' for name in names)
        connection.execute(f"CREATE TABLE {table} ({kinds})")
        values = [[_stored(row[name]) for name in names] for row in rows]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
    yield connection
    connection.close()


def _stored(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def theirs(oracle: duckdb.DuckDBPyConnection, text: str) -> Answer:
    return [tuple(map(_plain, row)) for row in duckdb_kql.kql(oracle, text).fetchall()]


def ours(text: str) -> Answer:
    return [tuple(map(_plain, row)) for row in ask(text)]


def _plain(value: Any) -> Any:
    """Write values of both engines alike: times as ticks, JSON as itself."""
    match value:
        case datetime():
            return datetime_ticks(value if value.tzinfo else value.replace(tzinfo=UTC))
        case timedelta():
            return value // timedelta(microseconds=1) * 10
        case float() if math.isfinite(value):
            return round(value, 9)
        case str() if value[:1] in ('"', "[", "{"):
            return msgspec.json.decode(value)
    return value


SCALARS = (
    *("tostring(true)", "tostring(dynamic(true))", "tostring(1.0)", "tostring(dynamic(7.0))", "tostring(0.5)"),
    *("tostring(datetime(2024-01-02))", "tostring(1d)", "tostring(90m)", "tostring(1.5s)", "tostring(-1d)"),
    *('dynamic(null) == ""', 'dynamic(null) != "x"', "dynamic(null) == 5", "dynamic(null) > 5", "int(null) == 5"),
    *("int(null) != 5", "int(null) == int(null)", 'dynamic("7") > 5', 'dynamic("7") == 7', 'dynamic(7) == "7"'),
    *("dynamic(7.5) > 7", 'dynamic("a") == "a"', "dynamic(true) == true", 'dynamic("true") == true'),
    *("1 / 2", "1.0 / 2", "7 % 3", "-7 / 2", "1 / 0", "-7 % 3", "1 == 1.0", "true == 1", '"a" < "b"', "1 < 2.5"),
    *('strcat("a", true, 1, 1.5, dynamic(null), 1d)', 'strcat_array(dynamic([1, "a", true, null]), ",")'),
    *('substring("hello", 1)', 'substring("hello", 1, 2)', 'substring("hello", -2)', 'substring("hello", 10)'),
    *('substring("hello", -3, 2)', 'indexof("hello", "l")', 'indexof("hello", "z")', 'strlen("é")', 'reverse("ab")'),
    *('extract("([0-9]+)", 1, "a12b")', 'extract("([0-9]+)", 1, "ab")', 'extract("x([0-9])?", 1, "x")'),
    *('toint("5")', 'toint("5.7")', "toint(5.7)", 'tolong("x")', 'todouble("1e3")', 'tobool("true")', 'tobool("1")'),
    *("tobool(5)", 'tobool("yes")', 'todouble("")', 'todatetime("x")', 'totimespan("1.02:03:04")', 'totimespan("x")'),
    *('trim_end("/", "a//")', 'trim("[ ]+", "  a ")', 'trim_start("a+", "aab")', 'countof("aXaX", "X")'),
    *('replace_string("aXbX", "X", "y")', 'replace_regex("a12", "[0-9]", "#")', 'strrep("a", 3)', 'toupper("a")'),
    *("bin(7, 2)", "bin(7.5, 2)", "bin(-7, 2)", "bin(65m, 1h)", "bin(datetime(2024-01-02 03:04), 1d)", "floor(7.5, 1)"),
    *("ceiling(1.2)", "round(1.2345, 2)", "round(2.5)", "min_of(1, 2)", "max_of(1, 2.5)"),
    *('datetime_diff("day", datetime(2024-01-03), datetime(2024-01-01 23:00))', "getyear(datetime(2024-05-08))"),
    *('datetime_diff("hour", datetime(2024-01-01 05:10), datetime(2024-01-01 03:50))', "1d / 1h"),
    *('datetime_diff("month", datetime(2024-03-01), datetime(2024-01-31))', "datetime(2024-01-02) + 1d"),
    *(
        'datetime_diff("week", datetime(2024-01-15), datetime(2024-01-01))',
        "datetime(2024-01-02) - datetime(2024-01-01)",
    ),
    *("startofmonth(datetime(2024-05-06))", "startofweek(datetime(2024-05-08))", "dayofweek(datetime(2024-05-08))"),
    *("monthofyear(datetime(2024-05-08))", 'format_datetime(datetime(2024-01-02 03:04:05), "yyyy-MM-dd HH:mm:ss")'),
    *("array_length(dynamic([1, 2]))", "array_length(dynamic(null))", 'array_length(dynamic("a"))'),
    *('set_has_element(dynamic([1, "a"]), "a")', 'array_index_of(dynamic(["a", "b"]), "b")'),
    *("isempty(dynamic(null))", 'isempty("")', "isempty(dynamic([]))", "isnull(dynamic(null))", 'isnull("")'),
    *('isnotnull("")', "isempty(int(null))", "isempty(dynamic({}))", 'coalesce("", "a")', "coalesce(int(null), 3)"),
    *('iff(int(null) == 1, "a", "b")', 'case(false, "a", true, "b", "c")', '"a-b_c" has "b"', '"a-b_c" has "a-b"'),
    *('"abc" has "b"', '"a_b" has "a"', '"abc" has ""', '"aé b" has "a"', '"a" in ("a", "b")', '"A" in~ ("a")'),
    *('dynamic("a") in ("a")', '"a" has_any ("a", "b")', '"a" in (dynamic(["a", "b"]))', 'dynamic(null) in ("")'),
    *("gettype(1)", "gettype(dynamic({}))", "gettype(1.0)", "gettype(dynamic(null))", "gettype(now())", "gettype(1d)"),
    *('split("a/b/c", "/")', 'split("", "/")', "dynamic([1, 2])[5]", 'dynamic({"a": 1})["b"]', 'dynamic("s").a'),
    *("array_slice(dynamic([1, 2, 3]), 1, 2)", "array_concat(dynamic([1]), dynamic([2]))"),
)


@pytest.mark.parametrize("text", SCALARS)
def test_an_expression_gives_what_the_oracle_gives(oracle: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ours(f"print x = {text}") == theirs(oracle, f"print x = {text}")


_ALL = "securityresources | where type == 'microsoft.security/assessments/subassessments'"
TABULAR = (
    f"{_ALL} | count",
    f"{_ALL} | summarize n = count() by s = tostring(properties.status.severity) | order by s asc",
    f"{_ALL} | summarize count(), dcount(subscriptionId), countif(name endswith '1') by subscriptionId"
    " | order by subscriptionId asc",
    f"{_ALL} | extend x = todouble(properties.additionalData.cvssV30Score) | summarize sum(x), avg(x), max(x), min(x)",
    f"{_ALL} | project name, tostring(properties.status.code) | order by name desc | take 3",
    f"{_ALL} | project n = name, c = toupper(tostring(properties.status.code)) | where c has 'unhealthy'"
    " | order by n asc",
    f"{_ALL} | mv-expand t = properties.additionalData.artifactDetails.tags | project name, t = tostring(t)"
    " | order by name asc, t asc",
    f"{_ALL} | parse id with * '/registries/' registry '/providers/' * | distinct registry".replace("/' *", "/' rest"),
    f"{_ALL} | project subscriptionId | join kind=inner (resourcecontainers | project subscriptionId, n = name)"
    " on subscriptionId | order by n asc",
    "resourcecontainers | project subscriptionId, n = name | join kind=leftouter (resources | where name == 'contoso'"
    " | project subscriptionId, r = name) on subscriptionId | project n, r = coalesce(r, '-') | order by n asc",
    "resources | project id | join kind=fullouter (resourcecontainers | project id) on id | summarize count(),"
    " countif(isempty(id)), countif(isempty(id1))",
    "resources | project name | union (resourcecontainers | project name) | order by name asc",
    "let wanted = dynamic(['contoso', 'x']); resources | where name in (wanted) | project name",
    f"{_ALL} | extend t = todatetime(properties.additionalData.vulnerabilityDetails.publishedDate)"
    " | summarize n = count() by bin(t, 1d) | order by t asc",
    f"{_ALL} | top 2 by name asc | project name",
    f"{_ALL} | summarize l = make_set(tostring(properties.status.severity)) | project array_length(l)",
    f"{_ALL} | where name !in ('x') and id matches regex '(?i)/REGISTRIES/fabrikam/' | project name",
    f"{_ALL} | where properties.additionalData.cvssV30Score between (7 .. 8) | project name | order by name asc",
)


@pytest.mark.parametrize("text", TABULAR)
def test_a_query_gives_what_the_oracle_gives(oracle: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ours(text) == theirs(oracle, text)
    described = duckdb_kql.kql(oracle, text).columns
    assert list(columns(text)) == described


DIFFERENCES = {
    # What Kusto's documentation says of each is the reason for ours.
    'parse_json("abc")': ("abc", None),  # a text that is no JSON is itself the value
    "dynamic([1, 2, 3])[-1]": (3, 3),
    "1.0 / 0": (math.inf, math.inf),
}


@pytest.mark.parametrize("text", DIFFERENCES)
def test_differences_to_the_oracle_are_known_one_by_one(oracle: duckdb.DuckDBPyConnection, text: str) -> None:
    mine, other = DIFFERENCES[text]
    assert ours(f"print x = {text}") == [(mine,)]
    assert [tuple(map(_number, row)) for row in theirs(oracle, f"print x = {text}")] == [(other,)]


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def test_days_are_put_into_bins_from_the_first_one_on_and_from_1970_in_the_oracle(
    oracle: duckdb.DuckDBPyConnection,
) -> None:
    # Kusto: a multiple of the size, and a datetime is ticks since 0001-01-01, which was a Monday.
    text = "print x = bin(datetime(2026-11-22), 7d)"
    assert ours(text) == [(datetime_ticks(datetime(2026, 11, 16, tzinfo=UTC)),)]
    assert theirs(oracle, text) == [(datetime_ticks(datetime(2026, 11, 19, tzinfo=UTC)),)]


def test_a_text_of_a_row_without_a_pair_is_empty_and_null_in_the_oracle(oracle: duckdb.DuckDBPyConnection) -> None:
    # Kusto has no null among texts.
    text = (
        "resourcecontainers | where name == 'Legacy' | project subscriptionId | join kind=leftouter"
        " (resources | where name == 'contoso' | project subscriptionId, r = name) on subscriptionId | project r"
    )
    assert ours(text) == [("",)]
    assert theirs(oracle, text) == [(None,)]


def test_the_mean_of_nothing_is_null_and_not_a_number_in_the_oracle(oracle: duckdb.DuckDBPyConnection) -> None:
    text = "resources | where false | summarize x = avg(strlen(name))"
    assert ours(text) == [(None,)]
    assert math.isnan(theirs(oracle, text)[0][0])
