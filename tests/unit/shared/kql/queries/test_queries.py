"""Queries of the kinds that people publish for findings of container images, with answers worked out by hand."""

import pytest

from tests.support.graph_rows import ask, columns
from tests.unit.shared.kql.queries.case import Case
from tests.unit.shared.kql.queries.findings import FINDINGS
from tests.unit.shared.kql.queries.summaries import SUMMARIES

CASES = (*FINDINGS, *SUMMARIES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_query_gives_the_answer_that_was_worked_out_by_hand(case: Case) -> None:
    assert list(columns(case.text)) == case.columns.split()
    assert ask(case.text) == list(case.rows)


def test_no_query_is_there_twice() -> None:
    assert len({case.text for case in CASES}) == len({case.name for case in CASES}) == len(CASES)
