"""The triggers, with the app in memory behind them."""

import pytest

from shared import bootstrap
from tests.support.memory_app import MemoryApp


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    """Put an app in memory in the place of the process's one."""
    made = MemoryApp()
    monkeypatch.setattr(bootstrap, "_app", made)
    return made
