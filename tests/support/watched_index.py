"""An index of findings whose clock is moved by hand and whose refreshes are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.projections.findings_index.refresh import Refresh
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryBlobs


@dataclass
class Watch:
    """A clock that is moved by hand, and by a tick at each look at it."""

    at: float = 100.0
    tick: float = 1e-6
    looks: int = 0

    def __call__(self) -> float:
        self.looks += 1
        self.at += self.tick
        return self.at


@dataclass
class Counting:
    """Lets refreshes wait or fail, and counts them."""

    inner: Refresh
    before: Callable[[], object] = lambda: None
    compared: list[bool] = field(default_factory=list)

    def __call__(self, contents: Any, *, compare: bool) -> None:
        self.compared.append(compare)
        self.before()
        self.inner(contents, compare=compare)


def counted(app: MemoryApp, seconds: float = 0) -> tuple[SqliteFindingsIndex, Counting, Watch]:
    index, watch = app.new_index(), Watch()
    counting = Counting(index.refresh)
    index.refresh, index.clock, index.seconds = counting, watch, seconds  # type: ignore[assignment]
    return index, counting, watch


def blobs(app: MemoryApp) -> MemoryBlobs:
    return app.containers["reports"]


def path(index: SqliteFindingsIndex) -> Path:
    return index.file.path
