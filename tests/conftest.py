"""Fixtures that every test may use, and settings of all properties: no single example has a time limit of its own.

Where a change is decided on (``CI`` is set), examples are the same in every run; elsewhere each run looks for others.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.azurite import Azurite, start_azurite
from tests.support.faults import summary

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],  # the machine may be
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """Run one Azurite for the session; under pytest-xdist every worker has its own."""
    running = start_azurite(tmp_path_factory.mktemp("azurite"))
    yield running
    running.close()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a test after the size of long bytes: gzip writes its time, and each worker must find the same names."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > 64 else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many faults the tests went through, from all processes of the run."""
    passed = terminalreporter.stats.get("passed", [])
    told = summary.lines(pair for report in passed for pair in getattr(report, "user_properties", ()))
    if told:
        terminalreporter.section("injected faults")
        for line in told:
            terminalreporter.write_line(line)
