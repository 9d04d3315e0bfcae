"""Pull what a scan needs of an image: manifest, configuration, and the layers whose inventory is not known yet."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from threading import Event, Lock

import msgspec

from shared.domain.base_notes import stated_base
from shared.domain.events import StatedBase
from shared.domain.failures import ScanFailure
from shared.domain.packages import Inventory
from shared.domain.references import ImageId
from shared.domain.support import ImageFacts
from shared.inventory.failures import exceeded
from shared.inventory.interface import LayerInventory, LayerReader
from shared.inventory.limits import ImageLimits, ScanLimits
from shared.registry.interface import Descriptor, ImageConfig, ImageManifest, ImageRegistry
from shared.storage.blobs import BlobContainer
from shared.trace import carried

# How many layers of one image are downloaded at a time; how many are read decides the reader.
_MOST_AT_ONCE = 8

type _Layer = tuple[Descriptor, str]


class _Stopped(Exception):
    """Another layer of the image could not be read, so that this one is not needed."""


class NotAnImage(Exception):
    """A manifest that is no image: an index, a signature, a chart. ``is_index`` tells the first apart."""

    def __init__(self, message: str, *, is_index: bool = False) -> None:
        super().__init__(message)
        self.is_index = is_index


@dataclass(frozen=True)
class LayerCache:
    """Inventories of layers by layer digest and reader version; a layer that is known is never downloaded again."""

    container: BlobContainer
    reader_version: str

    def get(self, digest: str, diff_id: str) -> tuple[LayerInventory, int] | None:
        """Return a layer's inventory and its size; one that was read from other content (another diff id) is none."""
        stored = self.container.read(self._name(digest))
        if stored is None:
            return None
        found = msgspec.json.decode(stored, type=LayerInventory)
        return (found, len(stored)) if found.diff_id == diff_id else None

    def put(self, layer: LayerInventory) -> int:
        """Keep a layer's inventory, and return its size in bytes."""
        encoded = msgspec.json.encode(layer)
        self.container.write_once(self._name(layer.digest), encoded)
        return len(encoded)

    def _name(self, digest: str) -> str:
        return f"{self.reader_version}/{digest.replace(':', '-')}.json"


@dataclass(frozen=True)
class PulledImage:
    """An image whose manifest and configuration were read; its layers are read when they are asked for."""

    image: ImageId
    repository: str
    manifest: ImageManifest
    config: ImageConfig
    puller: ImagePuller

    @property
    def facts(self) -> ImageFacts:
        """What the support matrix looks at."""
        return ImageFacts(
            platform=self.config.platform,
            media_type=self.manifest.media_type,
            layer_media_types=tuple(layer.media_type for layer in self.manifest.layers),
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The digests of its layers, from the base up."""
        return tuple(layer.digest for layer in self.manifest.layers)

    @property
    def stated_base(self) -> StatedBase | None:
        """What the manifest, or else the configuration, says of the image that this one was built on."""
        return self.manifest.stated_base or stated_base(self.config.labels)

    def read_inventory(self) -> Inventory:
        """Read all layers, from the base up, and put their packages together; raise ScanFailure."""
        from shared.inventory.merge import merge_layers

        return merge_layers(self.puller.read_layers(self))


@dataclass(frozen=True)
class ImagePuller:
    """Reads images from their registry; layers that were read before come from the cache."""

    registry: ImageRegistry
    layers: LayerCache
    limits: ScanLimits
    read_layer: LayerReader
    image_limits: ImageLimits

    def open(self, image: ImageId, repository: str) -> PulledImage:
        """Read manifest and configuration; raise ScanFailure, or NotAnImage for indexes and artifacts."""
        manifest = self.registry.manifest(image.registry, repository, image.digest)
        if not isinstance(manifest, ImageManifest):
            raise NotAnImage("an index: a name for several images, each of which is scanned", is_index=True)
        if not manifest.is_image:
            raise NotAnImage(f"not a container image but {manifest.artifact_type or manifest.config.media_type}")
        config = self.registry.config(image.registry, repository, manifest)
        return PulledImage(image, repository, manifest, config, self)

    def read_layers(self, pulled: PulledImage) -> list[LayerInventory]:
        """Return what each layer holds, from the base up; raise the ScanFailure of the first that cannot be read."""
        pairs = list(zip(pulled.manifest.layers, pulled.config.diff_ids, strict=True))
        # The largest first: the others are read beside it. A layer that comes twice is read once.
        jobs = sorted(dict.fromkeys(pairs), key=lambda pair: pair[0].size, reverse=True)
        watch = _Watch(pulled.image, self.image_limits, Counter(pairs))
        if len(jobs) < 2:
            read: Mapping[_Layer, LayerInventory] = {job: self._layer(pulled, *job, watch) for job in jobs}
        else:
            read = self._together(pulled, jobs, watch)
        return [read[pair] for pair in pairs]

    def _together(self, pulled: PulledImage, jobs: Sequence[_Layer], watch: _Watch) -> Mapping[_Layer, LayerInventory]:
        with ThreadPoolExecutor(min(len(jobs), _MOST_AT_ONCE), thread_name_prefix="layer") as pool:
            reading = {job: pool.submit(carried(self._layer), pulled, *job, watch) for job in jobs}
            try:
                for done in as_completed(reading.values()):
                    done.result()
            finally:
                # After one failure the image cannot be assessed: the other layers are not waited for.
                watch.stop()
                pool.shutdown(cancel_futures=True)
        return {job: future.result() for job, future in reading.items()}

    def _layer(self, pulled: PulledImage, layer: Descriptor, diff_id: str, watch: _Watch) -> LayerInventory:
        """Return what one layer holds, downloading it only where it is not known."""
        known = self.layers.get(layer.digest, diff_id)
        if known is not None:
            watch.holds((layer, diff_id), known[1])
            return known[0]
        # A failure keeps alive what led to it: the connection must not wait for that.
        with closing(watch.over(self.registry.blob(pulled.image.registry, pulled.repository, layer))) as chunks:
            read = self.read_layer(
                chunks, digest=layer.digest, media_type=layer.media_type, diff_id=diff_id, limits=self.limits
            )
        watch.holds((layer, diff_id), self.layers.put(read))
        return read


class _Watch:
    """Ends the reading of an image's layers: one failed, or all of them together take too long or hold too much."""

    def __init__(self, image: ImageId, limits: ImageLimits, times: Mapping[_Layer, int]) -> None:
        self._image = image
        self._limits = limits
        self._times = times
        self._lock = Lock()
        self._seconds = 0.0
        self._bytes = 0
        self._stopped = Event()

    def stop(self) -> None:
        self._stopped.set()

    def holds(self, layer: _Layer, size: int) -> None:
        """Count what a layer holds, in bytes of its inventory, as often as it is laid over the others."""
        with self._lock:
            self._bytes += size * self._times[layer]
            if self._bytes > self._limits.inventory_bytes:
                raise self._exceeded("inventory bytes", f"more than {self._limits.inventory_bytes} bytes")

    def over(self, chunks: Iterator[bytes]) -> Generator[bytes]:
        """Count the time in which a layer is read; what it waits for layers of other images before is not its own."""
        seen = time.monotonic()
        for chunk in chunks:
            if self._stopped.is_set():
                raise _Stopped
            now = time.monotonic()
            self._took(now - seen)
            seen = now
            yield chunk

    def _took(self, seconds: float) -> None:
        with self._lock:
            self._seconds += seconds
            if self._seconds > self._limits.seconds:
                raise self._exceeded("scan seconds", f"more than {self._limits.seconds:g} seconds")

    def _exceeded(self, limit: str, value: str) -> ScanFailure:
        return exceeded(f"image {self._image.digest}", limit, value)
