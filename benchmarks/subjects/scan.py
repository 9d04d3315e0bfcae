"""The product's own way from the name of an image to its report."""

import hashlib
import os
from pathlib import Path

import msgspec

# Imported at module level on purpose: a worker that scans has loaded them long ago.
import shared.inventory.merge  # noqa: F401
from benchmarks.image_name import ImageName, parse_image_name
from benchmarks.subjects.memory_container import MemoryContainer
from benchmarks.subjects.timed import Outcome, Timed
from shared.advisories.database import AdvisoryDatabase
from shared.domain.packages import Inventory
from shared.domain.references import ImageId
from shared.inventory.interface import READER_VERSION
from shared.inventory.limits import Confinement, ImageLimits, ScanLimits
from shared.inventory.sandbox.client import LayerSandbox
from shared.registry.allowlist import Allowlist
from shared.registry.client import RegistryClient
from shared.services.pull_image import ImagePuller, LayerCache, PulledImage

_TAR = "application/vnd.oci.image.layer.v1.tar"
_EMPTY_TAR = bytes(1024)

type Layers = dict[str, bytes]


def first(image: str, advisories: str) -> Timed:
    """Time the first scan of an image: no layer is known, nothing of the advisories was looked up."""
    return _scan(parse_image_name(image), Path(advisories), {})


def known(image: str, advisories: str, layers: str) -> Timed:
    """Time the scan of an image whose layers are all known to a worker that has matched nothing yet."""
    return _scan(parse_image_name(image), Path(advisories), _load(layers))


def known_again(image: str, advisories: str, layers: str) -> Timed:
    """Time the same in a worker that has scanned the image before: connection open, advisories looked up."""
    scan = _scan(parse_image_name(image), Path(advisories), _load(layers))
    scan()
    return scan


def open_image(name: ImageName) -> PulledImage:
    """Read what a scan reads before the layers. Raises ScanFailure or NotAnImage."""
    return _open(_puller(name, {}), name)


def read_image(name: ImageName) -> tuple[Inventory, Layers]:
    """Return the inventory of an image, and what the cache of layers holds after its first scan."""
    layers: Layers = {}
    return _open(_puller(name, layers), name).read_inventory(), layers


def _scan(name: ImageName, advisories: Path, layers: Layers) -> Timed:
    puller = _puller(name, layers)
    database = AdvisoryDatabase(advisories)

    def timed() -> Outcome:
        inventory = _open(puller, name).read_inventory()
        report = database.match(inventory)
        return 1, {"packages": len(inventory.packages), "findings": len(report.findings)}

    return timed


def _open(puller: ImagePuller, name: ImageName) -> PulledImage:
    digest = puller.registry.resolve(name.host, name.repository, name.tag)
    return puller.open(ImageId(name.host, digest), name.repository)


def _puller(name: ImageName, layers: Layers) -> ImagePuller:
    cache = LayerCache(MemoryContainer(blobs=layers), READER_VERSION)
    return ImagePuller(
        RegistryClient(Allowlist.of([name.url])), cache, ScanLimits(), _sandbox(used=not layers), ImageLimits()
    )


def _sandbox(*, used: bool) -> LayerSandbox:
    sandbox = LayerSandbox(Confinement(), children=os.process_cpu_count() or 1)
    if used:
        # A worker that scans has read a layer long ago.
        nothing = "sha256:" + hashlib.sha256(_EMPTY_TAR).hexdigest()
        sandbox([_EMPTY_TAR], digest=nothing, media_type=_TAR, diff_id=nothing, limits=ScanLimits())
    return sandbox


def _load(path: str) -> Layers:
    return msgspec.msgpack.decode(Path(path).read_bytes(), type=dict[str, bytes])
