"""The whole product on one machine: one command, the samples, a push of one's own, Ctrl-C, and everything is kept."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.folders import DataFolder
from local.images.image import build_image
from local.images.layers import build_layer
from local.images.push import push
from local.ports import accepts_connections
from tests.support.local_start import LocalStart, is_running
from tests.support.made_images import debian_layer

# name, platform, health, critical, high, medium, low
SAMPLES = {
    ("samples/legacy:1.0", "windows/amd64", "unsupported", 0, 0, 0, 0),
    ("samples/mystery:1.0", "linux/amd64", "not-assessed", 0, 0, 0, 0),
    ("samples/shop:1.0", "linux/amd64", "unhealthy", 1, 2, 1, 2),
    ("samples/shop:1.1", "linux/amd64", "healthy", 0, 0, 0, 0),
    ("samples/tools:1.0", "linux/amd64", "healthy", 0, 0, 0, 0),
    ("samples/tools:1.0", "linux/arm64", "unhealthy", 0, 0, 1, 0),
}
UP = "Plimsoll runs."

type Json = dict[str, Any]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[LocalStart]:
    no_feeds = tmp_path / "no-feeds"
    no_feeds.mkdir()
    chosen_elsewhere = ("REGISTRIES", "AzureWebJobsStorage", "OSV_EXTRA_BASES", "SUBSCRIPTION_ID", "SUPPORT_MATRIX")
    settings = dict.fromkeys(chosen_elsewhere, "") | {"OSV_BASE": str(no_feeds)}
    with LocalStart(tmp_path, [sys.executable, "-m", "local"], settings) as prepared:
        yield prepared


def images(start: LocalStart) -> list[Json]:
    answer = urllib3.request("GET", f"http://127.0.0.1:{start.port}/api/images", timeout=60.0)
    assert answer.status == 200, answer.data
    found: list[Json] = answer.json()["value"]
    return found


def shown(image: Json) -> tuple[object, ...]:
    counts = (image["severities"][severity] for severity in ("critical", "high", "medium", "low"))
    return f"{image['repository']}:{image['tags'][0]}", image["platform"], image["health"], *counts


def test_one_command_shows_the_samples_takes_a_push_and_keeps_everything(start: LocalStart) -> None:
    first = start.run().await_output("Images: 6")
    assert {shown(image) for image in images(start)} == SAMPLES
    assert "samples/shop:1.0  linux/amd64  unhealthy  1  2  1  2" in first
    assert "still to come" not in first

    own = build_image([build_layer({"hello": b"world"})])
    push(f"http://127.0.0.1:{start.registry_port}", "team/own", own, "1")
    start.await_that(lambda: own.digest in {image["digest"] for image in images(start)})
    programs = start.descendants()
    assert start.signal(signal.SIGINT) == 0
    start.await_that(lambda: not any(is_running(pid) for pid in programs))

    missed = push_while_the_product_is_down(start)

    second = start.run().await_output(UP)
    assert "First start" not in second
    start.await_that(lambda: missed in {image["digest"] for image in images(start) if image["lastScan"]})
    kept = {image["digest"] for image in images(start)}
    assert own.digest in kept
    assert len(kept) == len(SAMPLES) + 2
    assert start.signal(signal.SIGTERM) == 0


def push_while_the_product_is_down(start: LocalStart) -> str:
    """Push to the registry while it alone runs, and end it, so that what it could not tell anybody is lost."""
    command = ["docker-registry", "serve", str(DataFolder(start.folder / "data").registry_configuration)]
    alone = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        start.await_that(lambda: accepts_connections(start.registry_port))
        release = {"etc/os-release": b"ID=plimsoll-sample\nVERSION_ID=1\n"}
        missed = build_image([debian_layer({"oakum": "7-1"}, extra=release)])
        push(f"http://127.0.0.1:{start.registry_port}", "team/missed", missed, "1")
    finally:
        alone.terminate()
        alone.wait(30)
    return missed.digest


def test_nothing_stays_behind_when_the_start_is_killed(start: LocalStart) -> None:
    start.run("--no-samples").await_output(UP)
    programs = start.descendants()
    start.signal(signal.SIGKILL)
    start.await_that(lambda: not any(is_running(pid) for pid in programs))
