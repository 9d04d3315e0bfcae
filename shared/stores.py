"""What an installation keeps, and what reads it: storage, the event log and the projections."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain import stored_names as names
from shared.domain.findings import Report
from shared.domain.packages import Inventory
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import EventLog
from shared.eventlog.kept_streams import KeptStreams
from shared.eventlog.stored import StoredLog
from shared.eventlog.streams import plan_stream, rules_stream
from shared.eventlog.table_log import TableEventLog
from shared.eventlog.transact import Transactor
from shared.projections.billing import BillingTable
from shared.projections.builds import BuildTable
from shared.projections.dead_letters import DeadLetters
from shared.projections.discoveries import DiscoveryTable
from shared.projections.generations import Generations, LiveTable
from shared.projections.image_rows import ImageTable
from shared.projections.outbox import Outbox
from shared.projections.package_sets import PackageSets
from shared.projections.passed_on import PassedOnTable
from shared.projections.plan import PlanReader
from shared.projections.projector import Projector
from shared.projections.reconciliations import SweepStates
from shared.projections.registries import RegistryReader
from shared.projections.rules import RuleReader
from shared.projections.tags import TagTable
from shared.projections.walks import WalkStates
from shared.settings import Settings
from shared.storage.account import Endpoints, StorageAccount
from shared.storage.blobs import BlobContainer
from shared.storage.documents import DocumentStore
from shared.storage.queues import MessageQueue
from shared.storage.tables import Table

if TYPE_CHECKING:
    from shared.advisories.signals.store import SignalStore
    from shared.projections.findings_index.interface import FindingsIndex
    from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """The part of the app that services are given: each thing is made when it is first asked for."""

    settings: Settings

    @cached_property
    def account(self) -> StorageAccount:
        """The storage account."""
        if self.settings.storage_endpoints is None:
            return StorageAccount(connection_string=self.settings.storage_connection)
        from shared.storage.identity import credential

        identity = credential(self.settings.identity_client_id, self.settings.azure_cloud)
        return StorageAccount(endpoints=Endpoints(*self.settings.storage_endpoints), credential=identity)

    def _table(self, name: str) -> Table:
        return Table(self.account, name)

    def _container(self, name: str) -> BlobContainer:
        return BlobContainer(self.account, name)

    def _queue(self, name: str) -> MessageQueue:
        return MessageQueue(self.account, name)

    @cached_property
    def scans_queue(self) -> MessageQueue:
        """Scans that wait for a worker."""
        return self._queue(names.SCANS_QUEUE)

    @cached_property
    def projections_queue(self) -> MessageQueue:
        """Hints for the projections."""
        return self._queue(names.PROJECTIONS_QUEUE)

    @cached_property
    def reports(self) -> DocumentStore[Report]:
        """Reports by content."""
        return DocumentStore(self._container(names.REPORTS_CONTAINER), Report)

    @cached_property
    def inventories(self) -> DocumentStore[Inventory]:
        """Inventories by content."""
        return DocumentStore(self._container(names.INVENTORIES_CONTAINER), Inventory)

    # The event log

    @cached_property
    def log(self) -> EventLog:
        """The event log; every projection and query needs the rules, which change seldom."""
        directory = StreamDirectory(self._table(names.STREAMS_TABLE))
        return KeptStreams(TableEventLog(self._table(names.EVENTS_TABLE), directory, utc_now), names.RULES_STREAM)

    @cached_property
    def stored_log(self) -> StoredLog:
        """The event log's rows."""
        return StoredLog(self._table(names.EVENTS_TABLE), StreamDirectory(self._table(names.STREAMS_TABLE)))

    @cached_property
    def announcer(self) -> QueueAnnouncer:
        """Sends hints."""
        return QueueAnnouncer(self.projections_queue, self.scans_queue)

    @cached_property
    def transactor(self) -> Transactor:
        """Decides and appends."""
        return Transactor(self.log, self.announcer)

    # Projections

    @cached_property
    def generations(self) -> Generations:
        """The generations of projections."""
        return Generations(self._table(names.PROJECTIONS_TABLE), self._table)

    @cached_property
    def builds(self) -> BuildTable:
        """How far the building of a generation is."""
        return BuildTable(self._table(names.PROJECTIONS_TABLE))

    @cached_property
    def walk_states(self) -> WalkStates:
        """How far walks through all streams are."""
        return WalkStates(self._table(names.PROJECTIONS_TABLE))

    @cached_property
    def walks_queue(self) -> MessageQueue:
        """Walks that have not come to their end."""
        return self._queue(names.WALKS_QUEUE)

    @cached_property
    def passed_on(self) -> PassedOnTable:
        """How far changes of the rules were passed on to images."""
        return PassedOnTable(self._table(names.PROJECTIONS_TABLE))

    @cached_property
    def images(self) -> ImageTable:
        """Projected images, in whichever generation is live."""
        live = lambda: self.generations.live().images.table  # noqa: E731
        return ImageTable(LiveTable(self.account, names.IMAGES_TABLES, choose=live))

    @cached_property
    def package_sets(self) -> PackageSets:
        """The package -> images index."""
        return PackageSets(self._table(names.PACKAGE_SETS_TABLE))

    @cached_property
    def billing(self) -> BillingTable:
        """The bill, in whichever generation is live."""
        live = lambda: self.generations.live().billing.table  # noqa: E731
        return BillingTable(LiveTable(self.account, names.BILLING_TABLES, choose=live))

    @cached_property
    def rules(self) -> RuleReader:
        """The disable rules."""
        return RuleReader(self.log, rules_stream(self.settings.subscription_id))

    @cached_property
    def plan(self) -> PlanReader:
        """The plan of the subscription."""
        return PlanReader(self.log, plan_stream(self.settings.subscription_id))

    @cached_property
    def registry_reader(self) -> RegistryReader:
        """The registries that are watched, by the log."""
        return RegistryReader(self.log, utc_now)

    @cached_property
    def sweep_states(self) -> SweepStates:
        """How far the sweeps of the registries are."""
        return SweepStates(self._table(names.RECONCILIATIONS_TABLE))

    @cached_property
    def discoveries(self) -> DiscoveryTable:
        """How the last look for registries went."""
        return DiscoveryTable(self._table(names.RECONCILIATIONS_TABLE))

    @cached_property
    def reconciliations_queue(self) -> MessageQueue:
        """Sweeps of registries that have not come to their end."""
        return self._queue(names.RECONCILIATIONS_QUEUE)

    @cached_property
    def tags(self) -> TagTable:
        """The owners of tags."""
        return TagTable(self._table(names.TAGS_TABLE))

    @cached_property
    def outbox(self) -> Outbox:
        """Notices that wait to be sent."""
        return Outbox(self._table(names.NOTICES_TABLE))

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """What could not be worked on."""
        return DeadLetters(self._table(names.DEAD_LETTERS_TABLE))

    @cached_property
    def projector(self) -> Projector:
        """Folds streams into rows."""
        return Projector(self.log, self.generations, self.rules, self.reports, self.settings.unhealthy_from, utc_now)

    @cached_property
    def signals(self) -> SignalStore:
        """Exploit signals."""
        return self._signals(self.cache / "plimsoll-signals" / self._installation)

    def _signals(self, cache: Path) -> SignalStore:
        from shared.advisories.signals.store import SignalStore

        most = timedelta(days=self.settings.max_feed_age_days)
        return SignalStore(self._container(names.SIGNALS_CONTAINER), cache, utc_now, most)

    @property
    def cache(self) -> Path:
        """The folder for what a machine keeps of what storage holds."""
        return Path(self.settings.cache_dir or tempfile.gettempdir())

    @cached_property
    def findings_index(self) -> FindingsIndex:
        """All images with all their findings."""
        return self._index(self.cache / "plimsoll-findings" / f"{self._installation}.sqlite")

    @property
    def _installation(self) -> str:
        # Several installations may share a machine, and a storage account has the rules of several subscriptions.
        name = f"{self.account.tables.url} {self.settings.subscription_id}"
        return hashlib.sha256(name.encode()).hexdigest()[:16]

    def _index(self, path: Path) -> SqliteFindingsIndex:
        from shared.projections.findings_index.contents import StoredReport
        from shared.projections.findings_index.file import IndexFile
        from shared.projections.findings_index.refresh import Refresh
        from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex

        # Each is read once: nothing of them needs to stay in memory.
        reports = DocumentStore(self._container(names.REPORTS_CONTAINER), StoredReport, keep=0)
        refresh = Refresh(self.generations, self.rules, reports, utc_now, lambda: self.signals.as_of(None))
        return SqliteFindingsIndex(IndexFile(path), refresh, utc_now, self.settings.index_seconds)
