"""What benchmarks work on, each made when it is first asked for, and taken down at the end."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from benchmarks.failures import CannotRun
from benchmarks.image_name import ImageName
from benchmarks.options import Options
from benchmarks.peers.trivy import Trivy, find_trivy
from local.folders import PROJECT

_FOLDER = PROJECT / ".plimsoll" / "bench"


class KnownImage(NamedTuple):
    """What is stored of an image after its first scan: its inventory (JSON) and the cache of its layers (msgpack)."""

    inventory: Path
    layers: Path


@dataclass
class Workbench:
    """Inputs and servers; what is dear to make is kept in ``.plimsoll/bench``. Everything raises CannotRun."""

    options: Options
    _stack: ExitStack = field(default_factory=ExitStack)
    _known: dict[ImageName, KnownImage] = field(default_factory=dict)

    def __enter__(self) -> Self:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def images(self) -> tuple[ImageName, ...]:
        """The images that were named, else a Debian in a registry that is started now."""
        if self.options.images:
            from benchmarks.preparation.readable import require_image

            for image in self.options.images:
                require_image(image)
            return self.options.images
        from benchmarks.preparation.debian_image import debian_image
        from benchmarks.preparation.servers import registry

        host = self._stack.enter_context(registry(_FOLDER))
        return (debian_image(host, _FOLDER),)

    @cached_property
    def advisories(self) -> Path:
        """A snapshot file."""
        from benchmarks.preparation.advisories import build_advisories

        return build_advisories(self._scratch / "advisories.sqlite", self.options.osv)

    @cached_property
    def large_export(self) -> Path:
        """A folder of feeds of the size of the public ones."""
        from benchmarks.preparation.large_export import large_export

        if self.options.osv is None:
            raise CannotRun("it takes real advisories: name a folder of OSV exports with --osv")
        return large_export(self.options.osv, _FOLDER / "large-export")

    @cached_property
    def large_snapshot(self) -> Path:
        """A snapshot of these feeds."""
        from benchmarks.preparation.advisories import build_advisories

        return build_advisories(self._scratch / "large.sqlite", self.large_export)

    @cached_property
    def storage(self) -> str:
        """The connection string of an empty storage emulator."""
        from benchmarks.preparation.servers import azurite

        folder = self._scratch / "azurite"
        folder.mkdir()
        return self._stack.enter_context(azurite(folder))

    @cached_property
    def log_of_events(self) -> tuple[str, int]:
        """The connection string of an emulator with a log of many events, and how many streams it has."""
        from benchmarks.preparation.events import EVENTS_OF_A_STREAM, write_events

        streams = self.options.events // EVENTS_OF_A_STREAM
        write_events(self.storage, streams)
        return self.storage, streams

    def fleet(self, images: int, reports: int) -> tuple[str, Path]:
        """Give the connection string of an emulator of its own with a fleet of images, and a folder for its index."""
        from benchmarks.preparation.fleet import write_fleet
        from benchmarks.preparation.servers import azurite

        folder = self._scratch / f"fleet-{images}-{reports}"
        (folder / "storage").mkdir(parents=True)
        storage = self._stack.enter_context(azurite(folder / "storage"))
        write_fleet(storage, images, reports)
        return storage, folder / "cache"

    def folder(self, name: str) -> Path:
        """Give an empty folder."""
        folder = self._scratch / name
        folder.mkdir()
        return folder

    @cached_property
    def trivy(self) -> Trivy | None:
        """The peer, if it is there."""
        return find_trivy(self.options.trivy, self.options.trivy_cache, self._scratch / "sboms")

    def known_image(self, image: ImageName) -> KnownImage:
        """Scan an image once and keep what storage would hold of it."""
        if image not in self._known:
            from benchmarks.subjects.scan import read_image

            inventory, layers = read_image(image)
            stem = self._scratch / str(len(self._known))
            known = KnownImage(stem.with_suffix(".json"), stem.with_suffix(".msgpack"))
            known.inventory.write_bytes(msgspec.json.encode(inventory))
            known.layers.write_bytes(msgspec.msgpack.encode(layers))
            self._known[image] = known
        return self._known[image]

    @cached_property
    def _scratch(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=_FOLDER, prefix="run-")))
