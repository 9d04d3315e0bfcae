"""A query, and its answer as it was worked out by hand from the table in ``tests/support/graph_rows.py``."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Case(NamedTuple):
    """A query of one of the kinds that people publish, its columns and its rows."""

    name: str
    text: str
    columns: str
    rows: Sequence[tuple[Any, ...]]


ALL = "securityresources | where type == 'microsoft.security/assessments/subassessments'\n"
DETAILED = ALL + "| where id contains 'c0b7cfc6-3172-465a-b378-53c7ff2cc0d5'\n"
"""The findings f1 to f6."""
