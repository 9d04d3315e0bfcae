"""Fixtures that every test may use."""

from collections.abc import Iterator

import pytest

from tests.support.azurite import Azurite, start_azurite


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """Run one Azurite for the session; under pytest-xdist every worker has its own."""
    running = start_azurite(tmp_path_factory.mktemp("azurite"))
    yield running
    running.close()
