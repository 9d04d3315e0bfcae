"""What an operator becomes: the columns that it gives, and a function from rows to rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.kql.evaluation.frame import Frame
from shared.kql.failures import LimitFailure
from shared.kql.value_types import Schema

type Run = Callable[[Frame], Frame]


@dataclass(frozen=True)
class Step:
    """An operator that can be run."""

    schema: Schema
    run: Run


def check_rows(count: int, most: int) -> None:
    """Raise LimitFailure where a step would give too many rows."""
    if count > most:
        raise LimitFailure(f"The query needs more than {most} intermediate rows; narrow it with 'where'.")
