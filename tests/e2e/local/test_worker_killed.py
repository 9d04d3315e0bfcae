"""The scan worker is killed in the middle of a scan: the scan completes all the same, once, and is charged once."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.images.image import build_image
from local.images.push import push
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.holding_proxy import HoldingProxy
from tests.support.local_start import LocalStart
from tests.support.made_images import CRITICAL, debian_advisory, debian_layer, write_feed
from tests.support.service import TOPIC

LAYER = debian_layer({"openssl": "3.0.11-1"})
IMAGE = build_image([LAYER], format="docker")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[DockerRegistry]:
    with start_registry(tmp_path / "registry") as running:
        yield running


def test_a_scan_whose_worker_is_killed_completes_once(registry: DockerRegistry, tmp_path: Path) -> None:
    feed = tmp_path / "osv"
    write_feed(feed, "Debian", [debian_advisory("CVE-2026-1000", "openssl", "3.0.15-1", score_vector=CRITICAL)])
    push(registry.url, "team/app", IMAGE, "1.0")
    with HoldingProxy(registry.url, f"/blobs/{LAYER.digest}") as proxy:
        settings = {"OSV_BASE": str(feed), "OSV_ECOSYSTEMS": "Debian", "REGISTRIES": f"http://{proxy.host}"}
        with LocalStart(tmp_path, [sys.executable, "-m", "local"], settings) as start:
            start.run("--no-samples").await_output("Plimsoll runs.")
            _request(start, "POST", "/admin/functions/refresh_advisories", {})
            _deliver_push(start, proxy.host)
            assert proxy.reached.wait(60), start.output

            os.kill(_worker(start), signal.SIGKILL)

            address = f"/api/images/{proxy.host}/{IMAGE.digest}"
            start.await_that(lambda: _request(start, "GET", address).get("health") == "unhealthy")
            history = _request(start, "GET", f"{address}/history")["value"]
            scanned = _request(start, "GET", address)["lastScan"]["time"]
            billing = _request(start, "GET", f"/api/billing?month={scanned[:7]}")

    assert [event["type"] for event in history][::-1][:3] == ["image-tagged", "scan-requested", "scan-completed"]
    assert [event["type"] for event in history].count("scan-completed") == 1
    assert billing["total"] == 1


def _deliver_push(start: LocalStart, host: str) -> None:
    target = {"mediaType": IMAGE.media_type, "digest": IMAGE.digest, "repository": "team/app", "tag": "1.0"}
    now = datetime.now(UTC).isoformat()
    event = {
        "id": str(uuid.uuid4()),
        "topic": TOPIC,
        "subject": "team/app:1.0",
        "eventType": "Microsoft.ContainerRegistry.ImagePushed",
        "eventTime": now,
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "data": {"id": "1", "timestamp": now, "action": "push", "target": target, "request": {"host": host}},
    }
    _request(start, "POST", "/runtime/webhooks/EventGrid?functionName=on_registry_event", [event])


def _worker(start: LocalStart) -> int:
    (found,) = (pid for pid, command in start.descendants().items() if "local.host.child" in command)
    return found


def _request(start: LocalStart, method: str, path: str, body: Any = None) -> Any:
    headers = {"aeg-event-type": "Notification"}
    url = f"http://127.0.0.1:{start.port}{path}"
    answer = urllib3.request(method, url, json=body, headers=headers, timeout=60.0, retries=False)
    return answer.json() if answer.data else {}
