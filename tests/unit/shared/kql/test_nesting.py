"""Queries that are nested deep: a failure of the query, and never one of Python's stack."""

from contextlib import suppress

import pytest

from shared.kql.conditions import table_uses
from shared.kql.evaluation.frame import Frame
from shared.kql.failures import LimitFailure, QueryFailure
from shared.kql.limits import CHAIN, NESTING, QueryLimits
from shared.kql.parsing.query import parse_query
from shared.kql.paths import paths_in
from shared.kql.query import answer_query
from shared.kql.tables import SCHEMA

NOW = 638_000_000_000_000_000


class NoRows:
    """Tables without rows."""

    def frame(self, table: str) -> Frame:
        return Frame.of_rows([], SCHEMA)


DEEP = {
    # The first two were found by the fuzzer.
    "brackets in a summary": "resources | summarize arg_max(todouble(properties.n), *) by signnow(),"
    + "(" * 96
    + " 1d",
    "brackets of a call": "print a = dyname" + "(" * 90 + "211-22), c = 1.4h,)",
    "brackets": "print " + "(" * 300 + "1" + ")" * 300,
    "calls": "print " + "tostring(" * 300 + "1" + ")" * 300,
    "signs": "print " + "-" * 300 + "1",
    "pipelines": "(" * 300 + "resources" + ")" * 300,
    "lists": "print dynamic(" + "[" * 300 + "]" * 300 + ")",
    "members": "resources | project properties" + ".a" * 300,
    "chains in brackets": "print " + "(" * 40 + ("1" + " + 1" * 90 + ")") * 40,
    "joins": "resources" + " | join (resources" * 60 + " ) on id" * 60,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_query_that_is_nested_too_deep_fails_as_a_query(text: str) -> None:
    for look in (paths_in, table_uses):
        with suppress(QueryFailure):
            look(parse_query(text))
    with pytest.raises(QueryFailure):
        answer_query(text, NoRows(), NOW, QueryLimits())


def test_what_the_limits_allow_is_answered() -> None:
    nested = "print x = " + "(" * (NESTING - 1) + "1" + ")" * (NESTING - 1)
    chained = "print x = 1" + " + 1" * CHAIN
    for text, value in ((nested, 1), (chained, CHAIN + 1)):
        assert answer_query(text, NoRows(), NOW, QueryLimits()).rows.size == 1, value


def test_one_level_more_is_too_deep_and_says_where() -> None:
    with pytest.raises(LimitFailure, match=f"more than {NESTING} levels") as refused:
        parse_query("print x = " + "(" * NESTING + "1" + ")" * NESTING)
    assert refused.value.at == len("print x = ") + NESTING
