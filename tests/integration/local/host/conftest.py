"""Hosts for the tests, ended when their module is done."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.storage.queue import QueueServiceClient

from tests.integration.local.host.hosting import Hosting, make_app
from tests.support.azurite import Azurite

Launch = Callable[..., Hosting]


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """Start hosts: ``launch(app, environment, host_json)``."""
    started: list[Hosting] = []

    def start(
        app: str | Path,
        environment: Mapping[str, str] | None = None,
        host: Mapping[str, Any] | None = None,
        options: tuple[str, ...] = (),
    ) -> Hosting:
        folder = app if isinstance(app, Path) else make_app(app, tmp_path_factory.mktemp("app"), host)
        started.append(Hosting(folder, environment, *options))
        return started[-1]

    yield start
    for host in started:
        host.stop()


@pytest.fixture
def queue_name() -> str:
    return f"q-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def queues(azurite: Azurite) -> Iterator[QueueServiceClient]:
    with QueueServiceClient.from_connection_string(azurite.connection_string) as service:
        yield service
