"""Queries in the sandbox: what they cannot have, and what hostile ones end with."""

import os
import time
from collections.abc import Iterator

import msgspec
import pytest

from shared.kql.failures import LimitFailure, QueryFailure, ResultTooLarge, SemanticFailure, SyntaxFailure, TooSlow
from shared.kql.limits import QueryLimits
from shared.kql.sandbox.client import QuerySandbox
from shared.kql.sandbox.orders import Answered, Order, Rows
from shared.kql.sandbox.server_process import Put, Wanted
from tests.support.graph_rows import FINDINGS, TABLES

MANY = [{**row, "name": f"{number}"} for number in range(1000) for row in FINDINGS]
NARROW = QueryLimits(rows=50_000, seconds=20, cpu_seconds=20, memory_bytes=256 * 1024 * 1024)


class Filled:
    """The made tables, and 7,000 findings more in ``resources``; counts how often they were brought."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, put: Put, anew: bool) -> Wanted:
        if anew:
            self.times += 1
            blocks: dict[tuple[str, str], Rows | None] = {(table, ""): rows for table, rows in TABLES.items()}
            put({**blocks, ("resources", "many"): MANY})
        return {**{table: [""] for table in TABLES}, "resources": ["many"]}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[QuerySandbox]:
    made = QuerySandbox(2)
    yield made
    made.server.close()


@pytest.fixture(scope="module")
def filled() -> Filled:
    return Filled()


@pytest.fixture
def ask(sandbox: QuerySandbox, filled: Filled) -> "Ask":
    return Ask(sandbox, filled)


class Ask:
    def __init__(self, sandbox: QuerySandbox, filled: Filled) -> None:
        self.sandbox = sandbox
        self.filled = filled

    def __call__(self, text: str, limits: QueryLimits = NARROW, most: int = 1000) -> Answered:
        return self.sandbox(Order(text, 0, limits=limits, most=most), self.filled)

    def rows(self, text: str) -> object:
        return msgspec.json.decode(self(text).page)


def test_a_query_is_answered(ask: Ask) -> None:
    assert ask.rows("securityresources | summarize n = count()") == [{"n": 11}]
    assert ask.rows("Resources | summarize n = count()") == [{"n": 7000}]


def test_a_failure_comes_back_as_what_it_was(ask: Ask) -> None:
    with pytest.raises(SyntaxFailure) as syntax:
        ask("resources | where (")
    assert (syntax.value.at, syntax.value.token) == (19, "<EOF>")
    with pytest.raises(SemanticFailure, match="'nothing'"):
        ask("resources | where nothing == 1")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("print strrep('x', 1000000000)", id="a string repeated"),
        pytest.param("print replace_string(strrep('x', 100000), 'x', strrep('y', 100000))", id="a string replaced"),
        pytest.param("print strcat(strrep('x', 900000), strrep('x', 900000))", id="strings put together"),
        pytest.param(
            "resources | summarize l = make_list(strrep(name, 100000))", id="memory, by a list of long strings"
        ),
        pytest.param(
            "resources | extend a = 1 | join kind=inner (resources | extend a = 1) on a | count", id="a cartesian join"
        ),
        pytest.param(
            "resources" + " | mv-expand x = dynamic([1,2,3,4,5,6,7,8,9])" * 4 + " | count",
            id="expansions of expansions",
        ),
        pytest.param("resources | " + "extend a = " + "(" * 300 + "1" + ")" * 300, id="deep nesting"),
        pytest.param("print " + "-" * 300 + "1", id="many signs"),
        pytest.param("print dynamic(" + "[" * 300 + "]" * 300 + ")", id="a deep literal"),
        pytest.param("print 1" + " + 1" * 300, id="many operators in a row"),
        pytest.param("print 'x" + "y" * 66_000 + "'", id="a huge literal"),
        pytest.param("resources" + " | join (resources) on id" * 11, id="many joins"),
        pytest.param("union " + ", ".join(["resources"] * 11), id="many legs"),
    ],
)
def test_a_query_that_needs_too_much_is_refused(ask: Ask, text: str) -> None:
    with pytest.raises(LimitFailure):
        ask(text)
    assert ask.rows("resources | count") == [{"Count": 7000}]


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|aa)*b", "((a*)*)*b", "(.*)(.*)(.*)(.*)(.*)[^a]"],
    ids=["nested", "either", "deep", "greedy"],
)
def test_a_regular_expression_takes_no_longer_than_its_text(ask: Ask, pattern: str) -> None:
    started = time.monotonic()
    text = f"print strrep('a', 100000) | where print_0 matches regex '{pattern}' | count"
    assert ask(text, QueryLimits(seconds=60, cpu_seconds=60)).total == 1
    assert time.monotonic() - started < 60


def test_a_regular_expression_that_would_take_much_memory_is_refused(ask: Ask) -> None:
    with pytest.raises(QueryFailure, match="regular expression"):
        ask("print 'a' matches regex '((a{100}){100}){100}'")


def test_a_query_does_not_outlive_its_time(ask: Ask) -> None:
    slow = "resources | summarize max(countof(strcat(name, strrep('a', 4000)), 'a'))"
    started = time.monotonic()
    with pytest.raises(TooSlow, match=r"took more than 0\.2 seconds"):
        ask(slow, msgspec.structs.replace(NARROW, seconds=0.2))
    assert time.monotonic() - started < 30
    assert ask.rows("resources | count") == [{"Count": 7000}]


def test_a_page_that_is_too_large_is_refused(ask: Ask) -> None:
    with pytest.raises(ResultTooLarge, match="Response payload size"):
        ask("resources | project x = strrep('x', 20000)", QueryLimits(), most=1000)


@pytest.mark.parametrize(
    "text",
    ["['/etc/passwd'] | take 1", "externaldata(x:string)['https://example.org/x']", "evaluate http_request('x')"],
)
def test_a_query_reaches_no_file_and_no_network(ask: Ask, text: str) -> None:
    with pytest.raises(QueryFailure):
        ask(text)


def test_the_server_has_nothing_of_the_environment(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", "a-secret")
    other = QuerySandbox(1)
    try:
        other(Order("print 1", 0), Filled())
        with open(f"/proc/{other.server.pid}/environ", "rb") as file:
            assert b"a-secret" not in file.read()
    finally:
        other.server.close()


def test_a_child_may_open_nothing(ask: Ask) -> None:
    from shared.kql.sandbox.child import confine

    child = os.fork()
    if child == 0:
        try:
            confine(QueryLimits())
            os.open("/dev/null", os.O_RDONLY)
        except OSError:
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_server_that_died_is_started_again_with_all_rows(sandbox: QuerySandbox, ask: Ask, filled: Filled) -> None:
    ask("resources | count")
    before, pid = filled.times, sandbox.server.pid
    assert pid is not None
    os.kill(pid, 9)
    assert ask.rows("securityresources | count") == [{"Count": 11}]
    assert filled.times == before + 1


def test_rows_of_other_subscriptions_are_not_seen(sandbox: QuerySandbox, filled: Filled) -> None:
    order = Order("resourcecontainers | project name", 0, subscriptions=("22222222-2222-2222-2222-222222222222",))
    assert msgspec.json.decode(sandbox(order, filled).page) == [{"name": "Legacy"}]


def test_slots_that_are_kept_give_what_bags_give(sandbox: QuerySandbox, filled: Filled) -> None:
    text = "securityresources | summarize n = count() by c = tostring(properties.status.code) | order by c asc"
    path = ("properties", "status", "code")
    kept = sandbox(Order(text, 0), filled, [path])
    assert kept.page == sandbox(Order(text, 0), filled).page
    hidden = "securityresources | extend properties = dynamic({'status': {'code': 'x'}})"
    hidden += " | where properties.status.code == 'x'"
    assert sandbox(Order(hidden, 0), filled, [path]).total == 11
