"""Scans that cannot be finished: what may pass is tried again, the rest is said at once, and nothing looks healthy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.image_health import Health
from shared.registry.retries import RetryPolicy
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.made_images import debian_image, debian_layer
from tests.support.ports import refusing_host
from tests.support.service import Service

IMAGE = debian_image({"openssl": "3.0.15-1"})
# One user, "plimsoll", whose password nobody has given to the service.
HTPASSWD = "plimsoll:$2y$05$9CYGnvbyAN0rzJ5.PTAwZ.oVWYIcpVvY4pS0nHtEJ6H4cT9Yw4Qpm"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client not wait between its attempts: how long it would is tested with the client."""
    monkeypatch.setattr(RetryPolicy, "wait", lambda *_: None)


def test_a_registry_that_is_down_is_tried_five_times_and_then_said(make_service: Callable[..., Service]) -> None:
    with refusing_host() as down:
        service = make_service(registries=(f"http://{down}",))
        service.host = down
        service.app.refresh_advisories()
        service.deliver(service.push_event("team/app", IMAGE.digest, IMAGE.media_type))
        service.drain()

    found = service.image(IMAGE.digest)

    assert found.health is Health.NOT_ASSESSED
    assert "registry-unreachable" in found.reason
    assert service.event_types(IMAGE.digest) == ["ImageTagged", "ScanRequested", "ScanFailed"]


def test_a_registry_that_comes_back_is_asked_again_by_the_sweep(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime, timedelta

    registry = start_registry(tmp_path / "registry")
    service = make_service(registries=(f"http://{registry.host}",))
    service.host = registry.host
    service.app.refresh_advisories()
    digest = service.push("team/app", IMAGE, "1")
    registry.close()
    service.deliver(service.push_event("team/app", digest, IMAGE.media_type, "1"))
    service.drain()
    failed = service.image(digest).health
    with start_registry(tmp_path / "registry", port=int(registry.host.partition(":")[2])):
        sweep = replace(service.app.sweep, now=lambda: datetime.now(UTC) + timedelta(hours=2))
        swept = sweep()
        service.drain()

    assert failed is Health.NOT_ASSESSED
    assert swept.sent == 1
    assert service.image(digest).health is Health.HEALTHY
    assert service.charges() == [digest]


def test_a_registry_that_refuses_us_is_said_at_once_with_the_missing_role(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    with start_registry(tmp_path / "registry", htpasswd=HTPASSWD) as registry:
        service = make_service(registries=(f"http://{registry.host}",))
        service.host = registry.host
        service.deliver(service.push_event("team/app", IMAGE.digest, IMAGE.media_type))
        service.drain()

        found = service.image(IMAGE.digest)

    assert found.health is Health.NOT_ASSESSED
    assert "unauthorized" in found.reason
    assert service.event_types(IMAGE.digest)[-1] == "ScanFailed"


def test_a_truncated_layer_is_tried_again_and_then_said(service: Service, registry: DockerRegistry) -> None:
    from local.images.image import build_image

    layer = debian_layer({"openssl": "3.0.15-1", "truncated": "1"})
    image = build_image([layer], format="docker")
    digest = service.push("team/truncated", image, "1")
    path = registry.blob_path(layer.digest)
    path.write_bytes(path.read_bytes()[:-20])
    service.deliver(service.push_event("team/truncated", digest, image.media_type, "1"))
    service.drain()

    found = service.image(digest)

    assert found.health is Health.NOT_ASSESSED
    assert "blob-truncated" in found.reason or "digest-mismatch" in found.reason
