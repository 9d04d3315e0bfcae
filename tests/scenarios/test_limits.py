"""Every limit that is a setting, passed end to end: the image is not assessed, and the reason names the limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
import zstandard

from local.images.image import Image, build_image, build_index
from local.images.layers import Entry, Symlink, build_layer
from shared import limit_settings
from shared.domain.image_health import Health
from shared.registry.client import RegistryClient
from tests.support.docker_registry import DockerRegistry
from tests.support.hostile import tar
from tests.support.hostile.archives import million_entries
from tests.support.hostile.cases import ZSTD, layer_of
from tests.support.made_images import STATUS, debian_layer, dpkg_status
from tests.support.service import Service

SOUND = {"openssl": "3.0.15-1"}


_LONG = dpkg_status({"a": "1"}).rstrip() + b"\nDescription: " + b"long " * (8 << 20) + b"\n\n"


class Breach(NamedTuple):
    """A limit, the value that an image passes, and what is said of it."""

    name: str
    value: int
    said: str
    extra: Mapping[str, Entry] = MappingProxyType({})
    also: Mapping[str, int] = MappingProxyType({})


BREACHES = (
    Breach("MAX_MANIFEST_BYTES", 100, "longer than the 100 bytes that are read"),
    Breach("MAX_CONFIG_BYTES", 100, "bytes, at most 100 are read"),
    Breach("MAX_LAYERS", 1, "has 2 layers, at most 1 are read"),
    Breach("MAX_INFLATED_BYTES", 5000, "the limit inflated bytes: more than 5000 bytes"),
    Breach("MAX_INFLATE_RATIO", 2, "the limit inflate ratio", also={"INFLATE_RATIO_FREE_BYTES": 1000}),
    Breach("INFLATE_RATIO_FREE_BYTES", 1000, "the limit inflate ratio", also={"MAX_INFLATE_RATIO": 2}),
    Breach("MAX_ENTRIES", 2, "the limit entries: more than 2"),
    Breach("MAX_PATH_BYTES", 150, "the limit path length", {"d" * 151: b""}),
    Breach("MAX_EXTENDED_HEADER_BYTES", 100, "the limit extended header bytes", {"d" * 151: b""}),
    Breach("MAX_KEPT_FILE_BYTES", 100, "the limit kept file size", {STATUS: dpkg_status({"a": "1" * 100})}),
    Breach("MAX_KEPT_BYTES", 400, "the limit kept bytes", {f"l{n}": Symlink("t" * 90) for n in range(9)}),
    Breach("MAX_LAYER_MEMORY_BYTES", 16 << 20, "the limit memory: more than 16777216 bytes", {STATUS: _LONG}),
    Breach("MAX_INVENTORY_BYTES", 300, "the limit inventory bytes: more than 300 bytes"),
    Breach("MAX_PACKAGES", 2, "the limit packages: more than 2", {STATUS: dpkg_status({"a": "1", "b": "1", "c": "1"})}),
)


def _image(extra: Mapping[str, Entry]) -> Image:
    return build_image([debian_layer(SOUND, extra=extra), build_layer({"some/file": b"x"})])


@pytest.fixture
def limited(make_service: Callable[..., Service]) -> Callable[..., Service]:
    def make(**settings: int) -> Service:
        problems: list[str] = []
        environment = {name: str(value) for name, value in settings.items()}
        limits = limit_settings.read_limits(environment, problems)
        assert not problems
        service = make_service(limits=limits)
        service.app.refresh_advisories()
        return service

    return make


def _reason(service: Service, image: Image) -> str:
    found = service.pushed("limits/image", image, None)
    service.drain()
    answer = service.image(found)
    assert answer.health is Health.NOT_ASSESSED
    return answer.reason


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.name)
def test_an_image_beyond_a_limit_is_not_assessed_and_one_below_it_is(
    breach: Breach, limited: Callable[..., Service]
) -> None:
    image = _image(breach.extra)

    reason = _reason(limited(**{breach.name: breach.value}, **breach.also), image)

    assert "limit-exceeded" in reason
    assert breach.said in reason
    roomy = limited(**{breach.name: 1 << 30})
    digest = roomy.pushed("limits/image", image, None)
    roomy.drain()
    assert roomy.image(digest).health is Health.HEALTHY


def test_a_window_that_zstd_asks_for_is_limited(limited: Callable[..., Service]) -> None:
    archive = tar.member(b"f", bytes(range(256)) * 400) + tar.END
    packer = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=20)
    ).compressobj()
    layer = layer_of(archive, ZSTD, packer.compress(archive) + packer.flush())

    reason = _reason(limited(MAX_ZSTD_WINDOW_BYTES=1 << 19), build_image([debian_layer(SOUND), layer]))

    assert "limit-exceeded" in reason
    assert "the limit zstd window bytes: more than 524288" in reason


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MAX_LAYER_SECONDS", "the limit seconds: more than 1 seconds"),
        ("MAX_SCAN_SECONDS", "scan seconds: more than 1 "),
    ],
)
def test_a_registry_that_takes_longer_than_it_may_is_left(
    name: str, said: str, limited: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    downloaded, layer = RegistryClient.blob, debian_layer(SOUND)

    def slow(self: RegistryClient, *about: Any) -> Iterator[bytes]:
        content = b"".join(downloaded(self, *about))
        if about[-1].digest != layer.digest:  # the configuration
            yield content
            return
        yield content[:100]
        # Byte by byte until it is left: the time of a layer begins when its reader has started, which may take long.
        for at in range(100, len(content)):
            time.sleep(0.1)
            yield content[at : at + 1]

    monkeypatch.setattr(RegistryClient, "blob", slow)

    reason = _reason(limited(**{name: 1}), build_image([layer]))

    assert "limit-exceeded" in reason
    assert said in reason


def test_the_processor_time_of_a_layer_is_limited(limited: Callable[..., Service]) -> None:
    reason = _reason(limited(MAX_LAYER_CPU_SECONDS=1), million_entries())

    assert "limit-exceeded" in reason
    assert "the limit processor seconds: more than 1" in reason


def test_the_findings_of_an_image_are_limited(limited: Callable[..., Service]) -> None:
    image = build_image([debian_layer({"openssl": "3.0.1-1", "zlib": "1:1.2.13-1"})])

    reason = _reason(limited(MAX_FINDINGS=1), image)

    assert "limit-exceeded" in reason
    assert "the limit findings: more than 1 findings" in reason
    roomy = limited(MAX_FINDINGS=2)
    digest = roomy.pushed("limits/image", image, None)
    roomy.drain()
    assert roomy.image(digest).health is Health.UNHEALTHY


def test_an_index_of_more_entries_than_are_read_gives_no_image(
    limited: Callable[..., Service], registry: DockerRegistry
) -> None:
    service = limited(MAX_INDEX_ENTRIES=1)
    images = [build_image([debian_layer({"openssl": "3.0.1-1", f"p{number}": "1"})]) for number in range(2)]
    service.pushed("limits/index", build_index(images), "many")

    service.drain()

    assert service.images() == []


def test_every_limit_is_passed_by_a_test() -> None:
    times = {"MAX_LAYER_SECONDS", "MAX_LAYER_CPU_SECONDS", "MAX_SCAN_SECONDS"}
    alone = {"MAX_ZSTD_WINDOW_BYTES", "MAX_INDEX_ENTRIES", "MAX_FINDINGS"}
    # Nothing can pass this one: more layers wait for their turn.
    assert {breach.name for breach in BREACHES} | times | alone | {"PARALLEL_LAYERS"} == set(limit_settings.NAMES)
