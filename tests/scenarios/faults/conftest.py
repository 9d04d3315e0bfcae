"""Fixtures of the tests under faults."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody sleep between two attempts: who comes first is drawn or enumerated, never a matter of time."""
    monkeypatch.setattr("shared.projections.billing.time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the log of thousands of injected failures out of the output."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
