"""Hostile images through the whole service: each ends in a typed answer, in bounded time and memory, never healthy.

They are made here, byte for byte; none holds anything that could run.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from shared.domain.image_health import Health
from shared.inventory.limits import ImageLimits, ScanLimits
from shared.inventory.sandbox.client import LayerSandbox
from shared.limit_settings import Limits
from shared.registry.limits import ManifestLimits
from tests.support.azurite import Azurite
from tests.support.docker_registry import DockerRegistry
from tests.support.hostile import archives, databases, manifests
from tests.support.hostile.cases import Case
from tests.support.made_images import CRITICAL, debian_advisory, debian_image, write_feed
from tests.support.memory import measured_memory
from tests.support.service import Service

_log = logging.getLogger(__name__)

CASES = (*archives.CASES, *databases.CASES, *manifests.CASES)
MIB = 1024 * 1024
SECONDS = 60
MEMORY_MIB = 300
# Small where a case only needs to pass a limit; the defaults are passed in the same way, just later.
SCAN_LIMITS = ScanLimits(
    ratio_free_bytes=16 * MIB,
    zstd_window_bytes=8 * MIB,
    kept_file_bytes=16 * MIB,
    kept_bytes=64 * MIB,
    packages=100_000,
)
MANIFEST_LIMITS = ManifestLimits(layers=20)
IMAGE_LIMITS = ImageLimits(findings=50_000)


@pytest.fixture(scope="module")
def limited(azurite: Azurite, registry: DockerRegistry, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """One service for all of them: whatever an image did to it, it has to go on."""
    feed = tmp_path_factory.mktemp("feed")
    write_feed(feed, "Debian", [debian_advisory("CVE-2026-1000", "openssl", "3.0.15-1", score_vector=CRITICAL)])
    limits = {"limits": Limits(MANIFEST_LIMITS, SCAN_LIMITS, image=IMAGE_LIMITS)}
    service = Service(azurite.fresh_account(), registry.host, feed, feed / "cache", limits)
    service.app.refresh_advisories()
    return service


def processor_seconds(service: Service) -> float:
    """Return what this process took so far, and the one that reads layers with its children: others run beside them."""
    reader = service.app.layer_reader
    assert isinstance(reader, LayerSandbox)
    if reader.server.pid is None:
        return time.process_time()
    # proc_pid_stat(5): utime, stime, and those of children that have ended, in ticks; the state is the third field.
    fields = Path(f"/proc/{reader.server.pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_image_gets_its_answer_and_the_next_scan_works(
    case: Case, limited: Service, registry: DockerRegistry
) -> None:
    image = case.make()
    digest = limited.push("hostile/image", image, case.name)
    if case.after:
        case.after(registry, image)
    started = processor_seconds(limited)
    with measured_memory() as growth:
        limited.deliver(limited.push_event("hostile/image", digest, image.media_type, case.name))
        limited.drain()
    seconds = processor_seconds(limited) - started
    # Shown with --log-cli-level=INFO.
    _log.info("%s: %.1f seconds, %.0f MiB", case.name, seconds, growth.mib)

    found = limited.image(digest)
    assert (found.health, case.reason in found.reason) == (case.health, True), found.reason
    assert found.reason.isprintable()
    assert seconds < SECONDS
    assert growth.mib < MEMORY_MIB
    good = limited.pushed("good/image", debian_image({"openssl": "3.0.15-1", case.name.lower(): "1"}))
    limited.drain()
    assert limited.image(good).health is Health.HEALTHY
