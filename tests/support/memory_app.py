"""The whole app with storage, registry and advisories in memory, wired by the composition root itself."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import cast
from unittest.mock import patch
from uuid import uuid4

from shared import bootstrap, queries, stores, watching
from shared.advisories.database import AdvisoryDatabase
from shared.advisories.signals.store import SignalStore
from shared.bootstrap import App
from shared.domain import image, image_index
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.findings import Report
from shared.domain.image import ImageState
from shared.domain.image_health import ImageHealth
from shared.domain.media_types import DOCKER_MANIFEST, OCI_INDEX
from shared.domain.messages import Hint, ScanMessage, SweepMessage, WalkMessage
from shared.domain.packages import Inventory, Platform
from shared.domain.references import ImageId, is_digest
from shared.domain.roles import Role
from shared.eventlog.interface import EventLog, Stream
from shared.eventlog.memory_log import MemoryEventLog
from shared.eventlog.streams import image_stream, index_stream
from shared.eventlog.transact import Transactor
from shared.inventory.layer import scan_layer
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from shared.projections.generations import Generations
from shared.queries import Queries
from shared.registry.client import RegistryClient
from shared.registry.interface import (
    Descriptor,
    ImageConfig,
    ImageManifest,
    IndexEntry,
    IndexManifest,
    ListedManifest,
    ListedTag,
    RegistryCatalog,
)
from shared.services.drop_generation import DropGeneration
from shared.services.pull_image import ImagePuller, PulledImage
from shared.services.query_quota import QueryQuota
from shared.services.run_scan import RunScan
from shared.settings import Settings
from shared.stores import Stores
from shared.watching import Watching
from tests.support.examples import LINUX, REGISTRY, START, digest, image_id, inventory, report
from tests.support.memory_storage import MemoryBlobs, MemoryQueue, MemoryTable
from tests.support.quick_folder import quick_folder

_CONFIG = Descriptor("application/vnd.docker.container.image.v1+json", digest(800), 10)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def image_manifest(number: int, media_type: str = DOCKER_MANIFEST) -> ImageManifest:
    """Return the manifest of an image without layers."""
    return ImageManifest(digest(number), media_type, _CONFIG, ())


def index_manifest(number: int, *images: int) -> IndexManifest:
    """Return an index of images, and of an attestation that is none."""
    entries = [IndexEntry(digest(one), 1, DOCKER_MANIFEST, LINUX, {}) for one in images]
    unknown = IndexEntry(digest(number + 500), 1, DOCKER_MANIFEST, Platform("unknown", "unknown"), {})
    return IndexManifest(digest(number), OCI_INDEX, (*entries, unknown))


@dataclass
class MemoryRegistry:
    """Manifests by reference; ``failure`` is raised by every call while it is set. Unknown digests are images."""

    manifests: dict[str, ImageManifest | IndexManifest] = field(default_factory=dict)
    platform: Platform = LINUX
    failure: ScanFailure | None = None
    pulled: list[str] = field(default_factory=list)

    def resolve(self, registry: str, repository: str, reference: str) -> str:
        return self.manifest(registry, repository, reference).digest

    def manifest(self, registry: str, repository: str, reference: str) -> ImageManifest | IndexManifest:
        if self.failure:
            raise self.failure
        self.pulled.append(reference)
        if reference in self.manifests:
            return self.manifests[reference]
        if not is_digest(reference):
            raise ScanFailure(FailureReason.MANIFEST_MISSING, f"{repository}:{reference} is not there")
        return ImageManifest(reference, DOCKER_MANIFEST, _CONFIG, ())

    def config(self, registry: str, repository: str, manifest: ImageManifest) -> ImageConfig:
        return ImageConfig(self.platform, ())

    def blob(self, registry: str, repository: str, descriptor: Descriptor) -> Iterator[bytes]:
        raise AssertionError("images of these tests have no layers")


@dataclass
class MemoryCatalog:
    """What a registry holds: tags and manifests without one, by repository, each with its digest and media type.

    ``hidden`` is there and not listed, as a manifest without a tag is in other registries than Azure's, and so are the
    repositories of ``unlisted``. ``failing`` are the repositories and references, or ``catalog``, for which asking
    fails; ``meanwhile`` happens before the next answer. ``denied`` is what was asked for and said not to be there.
    """

    held: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    slow: timedelta = timedelta(0)
    clock: Clock = field(default_factory=Clock)

    def hold(self, repository: str, number: int, *tags: str, media_type: str = DOCKER_MANIFEST) -> None:
        """Put a manifest into a repository, under tags or by its digest only."""
        for name in tags or (digest(number),):
            self.held.setdefault(repository, {})[name] = (digest(number), media_type)

    def repositories(self, registry: str, after: str) -> Iterator[str]:
        self._answer("catalog")
        yield from (name for name in sorted(self.held) if name > after and name not in self.unlisted)

    def manifests(self, registry: str, repository: str) -> list[ListedManifest]:
        found = dict(self.held.get(repository, {}))
        self._answer(repository)
        tags: dict[tuple[str, str], list[ListedTag]] = {}
        for name, manifest in found.items():
            if manifest[0] not in self.hidden:
                tags.setdefault(manifest, []).extend([] if is_digest(name) else [ListedTag(name)])
        return [ListedManifest(*manifest, tuple(names)) for manifest, names in tags.items()]

    def media_type(self, registry: str, repository: str, reference: str) -> str | None:
        self._answer(f"{repository}/{reference}")
        held = self.held.get(repository, {})
        by_digest = dict(held.values())
        found = held[reference][1] if reference in held else by_digest.get(reference)
        if found is None:
            self.denied.append(f"{repository}/{reference}")
        return found

    def _answer(self, asked: str) -> None:
        self.clock.at += self.slow
        if self.meanwhile:
            self.meanwhile.pop(0)()
        if asked in self.failing:
            raise ScanFailure(FailureReason.REGISTRY_ERROR, f"{asked} cannot be read")


@dataclass
class MemoryAdvisories:
    """Stands for the advisory database: gives one report for whatever is matched."""

    snapshot_id: str = "snapshot-1"
    report: Report = field(default_factory=report)

    def match(self, found: Inventory, most: int) -> Report:
        return self.report


@dataclass
class World:
    """What the app meets outside: the time, the registry, the advisories, and what is in the images."""

    clock: Clock = field(default_factory=Clock)
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    catalog: MemoryCatalog = field(default_factory=MemoryCatalog)
    advisories: MemoryAdvisories | None = field(default_factory=MemoryAdvisories)
    inventory: Inventory = field(default_factory=inventory)


@dataclass(frozen=True)
class _Puller(ImagePuller):
    """Reads the inventory that the world holds, as if it had come from layers."""

    world: World = field(default_factory=World)

    def open(self, image: ImageId, repository: str) -> PulledImage:
        pulled = super().open(image, repository)
        return _Pulled(pulled.image, pulled.repository, pulled.manifest, pulled.config, self)


@dataclass(frozen=True)
class _Pulled(PulledImage):
    def read_inventory(self) -> Inventory:
        return cast(_Puller, self.puller).world.inventory


@dataclass(frozen=True)
class MemoryApp(App):
    """The app of one test; the log is the reference log in memory."""

    settings: Settings = field(default_factory=lambda: Settings(registries=(REGISTRY,), function_key_role=Role.ADMIN))
    world: World = field(default_factory=World)
    tables: dict[str, MemoryTable] = field(default_factory=dict)
    containers: dict[str, MemoryBlobs] = field(default_factory=dict)
    queues: dict[str, MemoryQueue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Wire everything at once, so that the world's clock is the only one."""
        self.world.catalog.clock = self.world.clock
        with ExitStack() as patched:
            for module in (bootstrap, watching, queries, stores):
                patched.enter_context(patch.object(module, "utc_now", self.world.clock))
            for name, attribute in (vars(Stores) | vars(Queries) | vars(Watching) | vars(App)).items():
                if isinstance(attribute, cached_property) and name != "account":
                    getattr(self, name)

    def _table(self, name: str) -> MemoryTable:
        return self.tables.setdefault(name, MemoryTable(name=name, now=self.world.clock))

    def _container(self, name: str) -> MemoryBlobs:
        return self.containers.setdefault(name, MemoryBlobs(name=name, now=self.world.clock))

    def _queue(self, name: str) -> MemoryQueue:
        return self.queues.setdefault(name, MemoryQueue(name=name))

    @property
    def scans_queue(self) -> MemoryQueue:
        return self._queue("scans")

    @property
    def projections_queue(self) -> MemoryQueue:
        return self._queue("projections")

    @property
    def walks_queue(self) -> MemoryQueue:
        return self._queue("walks")

    @property
    def reconciliations_queue(self) -> MemoryQueue:
        return self._queue("reconciliations")

    @cached_property
    def log(self) -> EventLog:
        return self.make_log()

    @cached_property
    def drop_generation(self) -> DropGeneration:
        return DropGeneration(self.generations, sleep=lambda seconds: None)

    @cached_property
    def findings_index(self) -> SqliteFindingsIndex:
        return self.new_index()

    def new_index(self) -> SqliteFindingsIndex:
        """Make another index of this app."""
        with patch.object(stores, "utc_now", self.world.clock):
            return self._index(self._folder() / "index.sqlite")

    @cached_property
    def signals(self) -> SignalStore:
        with patch.object(stores, "utc_now", self.world.clock):
            made = self._signals(self._folder())
        made.recheck_seconds = 0
        return made

    def _folder(self) -> Path:
        """Name a folder that is gone when the app is. Whoever keeps something makes it: most apps of tests do not."""
        folder = quick_folder() / f"plimsoll-test-{uuid4().hex}"
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def make_log(self) -> MemoryEventLog:
        """Make the log; tests may want one with faults."""
        return MemoryEventLog(self.world.clock)

    def _seconds(self) -> float:
        return self.world.clock().timestamp()

    @cached_property
    def generations(self) -> Generations:
        made = super().generations
        made.clock = self._seconds
        return made

    @cached_property
    def query_quota(self) -> QueryQuota:
        return QueryQuota(self._seconds)

    @cached_property
    def transactor(self) -> Transactor:
        return Transactor(self.log, self.announcer, clock=self._seconds, sleep=lambda seconds: None)

    @cached_property
    def registry(self) -> RegistryClient:
        return cast(RegistryClient, self.world.registry)

    @cached_property
    def catalog(self) -> RegistryCatalog:
        return self.world.catalog

    @cached_property
    def run_scan(self) -> RunScan:
        wired = super().run_scan
        known = wired.scan_image.puller
        scan_image = replace(
            wired.scan_image,
            puller=_Puller(known.registry, known.layers, known.limits, scan_layer, known.image_limits, self.world),
            advisories=lambda: cast(AdvisoryDatabase | None, self.world.advisories),
        )
        return replace(wired, scan_image=scan_image)

    def stream(self, number: int = 1) -> Stream:
        """Read the stream of an image."""
        return self.log.load(image_stream(image_id(number)))

    def state(self, number: int = 1) -> ImageState:
        """Fold the stream of an image."""
        return image.fold(self.stream(number).events)

    def index(self, number: int) -> image_index.IndexState:
        """Fold the stream of an index."""
        return image_index.fold(self.log.load(index_stream(REGISTRY, digest(number))).events)

    def health(self, number: int = 1) -> ImageHealth:
        """Return what is shown of an image, listed or not."""
        row = self.images.get(image_id(number))
        assert row is not None
        return row[0].answer.health

    def reconcile(self) -> None:
        """Sweep all registries to the end, and let everything that follows from it come to rest."""
        self.work()
        self.start_sweeps()
        while messages := self.reconciliations_queue.take():
            for message in messages:
                self.sweep_registry(cast(SweepMessage, message))
        self.work()

    def work(self) -> None:
        """Work off the queues until nothing visible is left, each message once."""
        while visible := [*self.scans_queue.take(), *self.projections_queue.take(), *self.walks_queue.take()]:
            for message in visible:
                if isinstance(message, ScanMessage):
                    self.run_scan(message, last_attempt=True)
                elif isinstance(message, Hint):
                    self.project(message)
                elif isinstance(message, WalkMessage):
                    self.work_walks.go_on(message)
