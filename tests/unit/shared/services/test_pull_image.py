"""Layers: read once, kept by what they are."""

import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import ImageId
from shared.inventory.interface import LayerInventory
from shared.inventory.layer import scan_layer
from shared.inventory.limits import ImageLimits, ScanLimits
from shared.registry.interface import Descriptor, ImageConfig, ImageManifest
from shared.services import pull_image
from shared.services.pull_image import ImagePuller, LayerCache, NotAnImage
from shared.trace import correlation_id, traced
from tests.support.examples import LINUX, REGISTRY, digest, image_id
from tests.support.memory_app import Clock, MemoryRegistry, image_manifest, index_manifest
from tests.support.memory_storage import MemoryBlobs

STATUS = b"Package: bash\nStatus: install ok installed\nVersion: 5.2-1\nArchitecture: amd64\n\n"
RELEASE = b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n'


def layer_bytes() -> tuple[bytes, str]:
    """Return a layer, and the digest of what it inflates to."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name, content in (("var/lib/dpkg/status", STATUS), ("etc/os-release", RELEASE)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(held.getvalue(), mtime=0), _sha256(held.getvalue())


class LayeredRegistry(MemoryRegistry):
    """A registry of one image with one layer; counts how often the layer is downloaded."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.diff_id = layer_bytes()
        self.downloads = 0
        descriptor = Descriptor(
            "application/vnd.docker.image.rootfs.diff.tar.gzip", _sha256(self.layer), len(self.layer)
        )
        plain = image_manifest(1)
        self.manifests[digest(1)] = ImageManifest(plain.digest, plain.media_type, plain.config, (descriptor,))

    def config(self, registry: str, repository: str, manifest: ImageManifest) -> ImageConfig:
        return ImageConfig(LINUX, (self.diff_id,))

    def blob(self, registry: str, repository: str, descriptor: Descriptor) -> Iterator[bytes]:
        self.downloads += 1
        yield self.layer


def puller(registry: MemoryRegistry, cache: LayerCache | None = None, limits: ImageLimits | None = None) -> ImagePuller:
    return ImagePuller(
        registry, cache or LayerCache(MemoryBlobs(), "1"), ScanLimits(), scan_layer, limits or ImageLimits()
    )


def test_a_known_layer_is_never_downloaded_again() -> None:
    registry, cache = LayeredRegistry(), LayerCache(MemoryBlobs(), "1")
    found = [puller(registry, cache).open(image_id(), "app").read_inventory() for _ in range(2)]
    assert found[0] == found[1]
    assert [package.name for package in found[0].packages] == ["bash"]
    assert registry.downloads == 1


def test_another_version_of_the_readers_downloads_it_again() -> None:
    registry, blobs = LayeredRegistry(), MemoryBlobs()
    for version in ("1", "2"):
        puller(registry, LayerCache(blobs, version)).open(image_id(), "app").read_inventory()
    assert registry.downloads == 2


def test_an_inventory_that_was_read_from_other_content_does_not_count() -> None:
    cache = LayerCache(MemoryBlobs(), "1")
    size = cache.put(LayerInventory(digest(7), diff_id=digest(8)))
    assert cache.get(digest(7), digest(8)) == (LayerInventory(digest(7), diff_id=digest(8)), size)
    assert cache.get(digest(7), digest(9)) is None
    assert cache.get(digest(6), digest(8)) is None


def test_an_index_and_an_artifact_are_no_images() -> None:
    registry = MemoryRegistry()
    chart = Descriptor("application/vnd.cncf.helm.config.v1+json", digest(801), 5)
    registry.manifests[digest(1)] = index_manifest(1, 2)
    registry.manifests[digest(2)] = ImageManifest(digest(2), "application/vnd.oci.image.manifest.v1+json", chart, ())
    for number, is_index in ((1, True), (2, False)):
        with pytest.raises(NotAnImage) as error:
            puller(registry).open(ImageId(REGISTRY, digest(number)), "app")
        assert error.value.is_index is is_index


def test_the_facts_of_an_image_are_those_of_its_manifest_and_configuration() -> None:
    registry = LayeredRegistry()
    facts = puller(registry).open(image_id(), "app").facts
    assert facts.platform == LINUX
    assert facts.layer_media_types == ("application/vnd.docker.image.rootfs.diff.tar.gzip",)


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class ManyLayers(LayeredRegistry):
    """A registry of one image whose layers come when they are told to."""

    def __init__(self, *layers: int) -> None:
        super().__init__()
        plain = self.manifests[digest(1)]
        assert isinstance(plain, ImageManifest)
        (first,) = plain.layers
        self.parts = tuple(Descriptor(first.media_type, digest(number), len(self.layer)) for number in layers)
        self.manifests[digest(1)] = ImageManifest(plain.digest, plain.media_type, plain.config, self.parts)
        self.asked: list[str] = []
        self.together = threading.Barrier(2, timeout=240)

    def config(self, registry: str, repository: str, manifest: ImageManifest) -> ImageConfig:
        return ImageConfig(LINUX, (self.diff_id,) * len(self.parts))

    def blob(self, registry: str, repository: str, descriptor: Descriptor) -> Iterator[bytes]:
        self.asked.append(descriptor.digest)
        return self.chunks(descriptor)

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        self.together.wait()
        yield self.layer


class BrokenLayer(ManyLayers):
    """One layer fails at once, the other would never end."""

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        self.together.wait()
        if descriptor.digest == digest(21):
            raise ScanFailure(FailureReason.BLOB_MISSING, "gone")
        while True:
            yield b""


def test_layers_are_read_beside_each_other_and_put_together_in_their_order() -> None:
    found = puller(registry := ManyLayers(21, 22)).open(image_id(), "app").read_inventory()
    # Both have come, so both were asked for before either was read.
    assert sorted(registry.asked) == [digest(21), digest(22)]
    # Both hold the same file: the package stays with the layer that brought it first.
    assert [package.layer for package in found.packages] == [digest(21)]


def test_a_layer_that_comes_twice_is_downloaded_once() -> None:
    registry = ManyLayers(21, 22, 21)
    puller(registry).open(image_id(), "app").read_inventory()
    assert sorted(registry.asked) == [digest(21), digest(22)]


def test_after_one_failure_the_other_layers_are_not_waited_for() -> None:
    pulled = puller(BrokenLayer(21, 22)).open(image_id(), "app")
    with pytest.raises(ScanFailure, match="gone"):
        pulled.read_inventory()


def test_a_layer_that_comes_often_counts_as_often() -> None:
    repeated = puller(ManyLayers(21, *[22] * 100), limits=ImageLimits(inventory_bytes=10_000))
    with pytest.raises(ScanFailure, match="the limit inventory bytes"):
        repeated.open(image_id(), "app").read_inventory()


class OpenDownloads(ManyLayers):
    """Counts the downloads that have neither ended nor been closed."""

    open = 0

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        self.open += 1
        try:
            yield b"no layer"
            self.together.wait()
            yield from iter(bytes, None)
        finally:
            self.open -= 1


def test_a_download_that_nobody_reads_on_is_closed_at_once() -> None:
    def damaged(chunks: Iterable[bytes], **_about: Any) -> LayerInventory:
        next(iter(chunks))
        registry.together.wait()
        raise ScanFailure(FailureReason.LAYER_CORRUPT, "damaged")

    reader = replace(puller(registry := OpenDownloads(21, 22)), read_layer=damaged)
    with pytest.raises(ScanFailure, match="damaged") as caught:
        reader.open(image_id(), "app").read_inventory()
    assert caught.value.__traceback__ is not None
    assert registry.open == 0


def test_all_layers_together_have_a_time_too() -> None:
    pulled = puller(LayeredRegistry(), limits=ImageLimits(seconds=-1)).open(image_id(), "app")
    with pytest.raises(ScanFailure, match="more than -1 seconds") as caught:
        pulled.read_inventory()
    assert caught.value.reason is FailureReason.LIMIT_EXCEEDED


def test_the_time_that_an_image_waits_for_others_is_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = puller(registry := LayeredRegistry(), limits=ImageLimits(seconds=0.5))
    clock = Clock()
    monkeypatch.setattr(pull_image, "time", SimpleNamespace(monotonic=lambda: clock().timestamp()))

    def late(chunks: Iterable[bytes], **about: Any) -> LayerInventory:
        clock.forward(seconds=1)  # as a layer that gets no slot of the sandbox yet
        return scan_layer(chunks, **about)

    assert replace(waiting, read_layer=late).open(image_id(), "app").read_inventory().packages
    assert registry.downloads == 1


@pytest.mark.parametrize("known", [False, True])
def test_what_all_layers_hold_is_limited_whether_they_are_known_or_not(known: bool) -> None:
    cache = LayerCache(MemoryBlobs(), "1")
    if known:
        puller(ManyLayers(21, 22), cache).open(image_id(), "app").read_inventory()
    stored = cache.get(digest(21), LayeredRegistry().diff_id)
    one = stored[1] if stored else 300
    with pytest.raises(ScanFailure, match="the limit inventory bytes") as caught:
        puller(ManyLayers(21, 22), cache, ImageLimits(inventory_bytes=one)).open(image_id(), "app").read_inventory()
    assert caught.value.reason is FailureReason.LIMIT_EXCEEDED


def test_layers_that_are_read_beside_each_other_belong_to_their_scan() -> None:
    registry = LayeredRegistry()
    plain = image_manifest(1)
    layers = tuple(Descriptor("application/octet-stream", digest(number), 1) for number in (11, 12, 13))
    registry.manifests[digest(1)] = ImageManifest(plain.digest, plain.media_type, plain.config, layers)
    registry.config = lambda *_: ImageConfig(LINUX, tuple(digest(number) for number in (21, 22, 23)))  # type: ignore[method-assign]
    seen: list[str] = []

    def read(chunks: Iterable[bytes], *, digest: str, **about: Any) -> LayerInventory:
        seen.append(correlation_id())
        return LayerInventory(digest=digest, diff_id=about["diff_id"])

    reading = ImagePuller(registry, LayerCache(MemoryBlobs(), "1"), ScanLimits(), read, ImageLimits())
    with traced(correlation_id="event-1"):
        reading.read_layers(reading.open(image_id(), "app"))
    assert seen == ["event-1"] * 3
