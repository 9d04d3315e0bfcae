"""Fixtures of the scenarios: a registry, a feed of advisories and a service over a storage account of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.azurite import Azurite
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.made_images import CRITICAL, LOW, debian_advisory, write_feed
from tests.support.service import Service


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    with start_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Two advisories for Debian 12: openssl is fixed in 3.0.15-1 (critical), zlib in 1:1.2.13-2 (low)."""
    base = tmp_path / "osv"
    records = [
        debian_advisory("CVE-2026-1000", "openssl", "3.0.15-1", score_vector=CRITICAL),
        debian_advisory("CVE-2026-2000", "zlib", "1:1.2.13-2", score_vector=LOW),
    ]
    write_feed(base, "Debian", records)
    return base


@pytest.fixture
def make_service(azurite: Azurite, registry: DockerRegistry, feed: Path, tmp_path: Path) -> Callable[..., Service]:
    """Make a service without any advisories yet; settings may be changed by name."""

    def make(**changes: Any) -> Service:
        return Service(azurite.fresh_account(), registry.host, feed, tmp_path / "cache", changes)

    return make


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A service whose advisories are in force."""
    made = make_service()
    made.app.refresh_advisories()
    return made
