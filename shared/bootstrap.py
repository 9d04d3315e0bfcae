"""The one composition root: every service with what it needs, each made when it is first asked for."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared import log_lines
from shared import settings as all_settings
from shared.domain import stored_names as names
from shared.domain.messages import Walk
from shared.eventlog.streams import rules_stream
from shared.inventory.interface import READER_VERSION, LayerReader
from shared.inventory.limits import ScanLimits
from shared.services.adopt_signals import AdoptSignals
from shared.services.affected_images import AffectedImages
from shared.services.check_settings import CheckSettings
from shared.services.commands import Clock
from shared.services.compare_generations import CompareGenerations
from shared.services.delete_old_reports import DeleteOldReports
from shared.services.disable_findings import DisableFindings
from shared.services.drop_generation import DropGeneration
from shared.services.export_log import ExportLog
from shared.services.import_log import ImportLog
from shared.services.import_openvex import ImportOpenVex
from shared.services.note_changes import NoteChanges
from shared.services.pass_on_rules import PassOnRules
from shared.services.project import Project
from shared.services.pull_image import ImagePuller, LayerCache
from shared.services.query_lag import QueryLag
from shared.services.query_status import QueryStatus
from shared.services.rebuild import Rebuild
from shared.services.refresh_advisories import RefreshAdvisories
from shared.services.refresh_signals import RefreshSignals
from shared.services.request_scan import RequestScan
from shared.services.requeue import Requeue
from shared.services.rescan import Rescan
from shared.services.rescan_affected import RescanAffected
from shared.services.resolve_index import ResolveIndex
from shared.services.restore_tags import RestoreTags
from shared.services.run_scan import RunScan
from shared.services.scan_image import ScanImage
from shared.services.send_notices import SendNotices, Topic
from shared.services.supposing import Supposing
from shared.services.sweep import Sweep
from shared.services.verify_log import VerifyLog
from shared.services.walk import Walker, Walking
from shared.services.what_if import WhatIf
from shared.services.work_walks import WorkWalks
from shared.storage.account import load_sdk
from shared.stores import utc_now as utc_now
from shared.watching import Watching

if TYPE_CHECKING:
    from azure.core.credentials import AzureKeyCredential, TokenCredential

    from shared.advisories.snapshots import SnapshotStore


@dataclass(frozen=True)
class App(Watching):
    """Everything of one worker process."""

    # The registry and the scanner

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """Advisory snapshots."""
        from shared.advisories.snapshots import SnapshotStore

        # The pointer is read at every scan: one that follows a refresh must see what the refresh put in force.
        return SnapshotStore(self._container(names.ADVISORIES_CONTAINER), recheck_seconds=0)

    # Services

    @cached_property
    def request_scan(self) -> RequestScan:
        """Requests scans."""
        return RequestScan(self.log, self.transactor, self.registry, self.move_tag, self.plan, utc_now)

    @property
    def reader_version(self) -> str:
        """The version of the readers, with the one limit that leaves a file unread where the others fail the scan."""
        limit = self.settings.limits.layer.kept_bytes
        return READER_VERSION if limit == ScanLimits().kept_bytes else f"{READER_VERSION}-{limit}"

    @cached_property
    def layer_reader(self) -> LayerReader:
        """Reads layers in processes without credentials."""
        from shared.inventory.sandbox.client import LayerSandbox

        limits = self.settings.limits
        children = limits.image.parallel_layers or os.process_cpu_count() or 1
        return LayerSandbox(limits.confinement, children)

    @cached_property
    def run_scan(self) -> RunScan:
        """Carries out scans."""
        cache = self.cache / "plimsoll-advisories"
        layers = LayerCache(self._container(names.LAYERS_CONTAINER), self.reader_version)
        limits = self.settings.limits
        scan_image = ScanImage(
            puller=ImagePuller(self.registry, layers, limits.layer, self.layer_reader, limits.image),
            advisories=lambda: self.snapshots.open_current(cache),
            inventories=self.inventories,
            reports=self.reports,
            package_sets=self.package_sets,
            matrix=self.settings.support_matrix,
            reader_version=self.reader_version,
            most_findings=limits.image.findings,
            feeds=lambda: self.snapshots.feeds,
            most_feed_days=self.settings.max_feed_age_days,
            now=utc_now,
        )
        resolve = ResolveIndex(self.log, self.transactor, self.registry, self.move_tag, utc_now)
        return RunScan(self.log, self.transactor, scan_image, resolve, self.record_push, self.plan, utc_now)

    @cached_property
    def project(self) -> Project:
        """Follows hints."""
        return Project(self.projector, self.pass_on_rules, self.dead_letters, utc_now, self.note_changes)

    @cached_property
    def walker(self) -> Walker:
        """Goes through all streams."""
        return Walker(self.log, self.walk_states, self.walks_queue, self.dead_letters, utc_now)

    @cached_property
    def pass_on_rules(self) -> PassOnRules:
        """Tells images of changed rules."""
        return PassOnRules(self.log, self.announcer, self.walker, self.passed_on, utc_now)

    @cached_property
    def work_walks(self) -> WorkWalks:
        """Takes walks further."""
        walks: dict[Walk, Walking] = {
            Walk.SWEEP: self.sweep,
            Walk.RESCAN: self.rescan,
            Walk.RULES: self.pass_on_rules,
            Walk.ADVISORIES: self.rescan_affected,
        }
        return WorkWalks(self.walker, walks, self.dead_letters, utc_now)

    @cached_property
    def note_changes(self) -> NoteChanges | None:
        """Leaves notices, where a topic is set."""
        if not self.settings.notification_topic_endpoint:
            return None
        return NoteChanges(
            images=self.images,
            rules=self.rules,
            reports=self.reports,
            outbox=self.outbox,
            source=lambda registry: self.registries.resource(registry, self.settings.subscription_id).id,
            notify_from=self.settings.notify_from,
            now=utc_now,
        )

    @cached_property
    def topic(self) -> Topic:
        """The Event Grid topic that takes notices."""
        from shared.services.event_grid_topic import EventGridTopic

        return EventGridTopic(self.settings.notification_topic_endpoint, self._topic_credential)

    def _topic_credential(self) -> AzureKeyCredential | TokenCredential:
        if self.settings.notification_topic_key:
            from azure.core.credentials import AzureKeyCredential

            return AzureKeyCredential(self.settings.notification_topic_key)
        from shared.storage.identity import credential

        return credential(self.settings.identity_client_id, self.settings.azure_cloud)

    @cached_property
    def send_notices(self) -> SendNotices | None:
        """Sends notices, where a topic is set."""
        if not self.settings.notification_topic_endpoint:
            return None
        return SendNotices(self.outbox, self.topic, utc_now)

    @cached_property
    def sweep(self) -> Sweep:
        """Repairs what was lost."""
        return Sweep(self.log, self.project, self.walker, self.announcer, self.request_scan, utc_now)

    @cached_property
    def requeue(self) -> Requeue:
        """Takes dead letters up again."""
        return Requeue(self.dead_letters, self.project, self.receive_event, self.work_walks)

    @cached_property
    def rebuild(self) -> Rebuild:
        """Builds a new generation of projections."""
        return Rebuild(self.log, self.projector, self.generations, self.builds, self.dead_letters, utc_now)

    @cached_property
    def check_settings(self) -> CheckSettings:
        """Holds these settings against those of the projections."""
        stream = rules_stream(self.settings.subscription_id)
        return CheckSettings(self.log, self.generations, self.projector, stream)

    @cached_property
    def drop_generation(self) -> DropGeneration:
        """Deletes a kept generation."""
        return DropGeneration(self.generations)

    @cached_property
    def compare_generations(self) -> CompareGenerations:
        """Compares a generation that was built with the live one."""
        return CompareGenerations(self.generations, self.projector)

    @cached_property
    def rescan(self) -> Rescan:
        """Requests rescans."""
        return Rescan(
            walker=self.walker,
            images=self.images,
            request=self.request_scan,
            now=utc_now,
            recent_pull_days=self.settings.recent_pull_days,
            rescan_after_days=self.settings.rescan_after_days,
        )

    @cached_property
    def rescan_affected(self) -> RescanAffected:
        """Requests rescans for new advisories."""
        return RescanAffected(
            walker=self.walker,
            images=self.images,
            affected=AffectedImages(self.images, self.package_sets),
            request=self.request_scan,
            changes=lambda: self.snapshots.changes(),
            now=utc_now,
        )

    @cached_property
    def refresh_advisories(self) -> RefreshAdvisories:
        """Refreshes the advisory snapshot."""
        from shared.advisories.feeds import Sources

        chosen = self.settings
        sources = Sources(chosen.osv_base, chosen.osv_ecosystems, chosen.osv_extra_bases)
        return RefreshAdvisories(self.snapshots, sources, self.rescan_affected, utc_now)

    @cached_property
    def what_if(self) -> WhatIf:
        """Says what would be otherwise; writes nothing."""
        supposing = Supposing(
            scan_image=lambda: self.run_scan.scan_image,
            snapshots=lambda: self.snapshots,
            inventories=self.inventories,
            reports=self.reports,
            reader_version=self.reader_version,
        )
        return WhatIf(
            log=self.log,
            rules=self.rules.stream,
            projector=self.projector,
            supposing=supposing,
            notify_from=self.settings.notify_from,
            now=utc_now,
            elapsed=time.monotonic,
            signals=self.signals.as_of,
            removed=lambda at: self.query_caveats(at).removed,
        )

    @cached_property
    def refresh_signals(self) -> RefreshSignals:
        """Refreshes the exploit signals."""
        from shared.advisories.signals.fetch import Source
        from shared.advisories.signals.interface import EPSS, KEV

        sources = (Source(KEV, self.settings.kev_url), Source(EPSS, self.settings.epss_url))
        return RefreshSignals(self.signals, sources, self.adopt_signals.where_used)

    @cached_property
    def adopt_signals(self) -> AdoptSignals:
        """Has rules go by the exploit signals."""
        return AdoptSignals(self.log, self.transactor, self.rules.stream, self.signals.as_of, utc_now)

    @cached_property
    def disable_findings(self) -> DisableFindings:
        """Makes and takes back rules."""
        return DisableFindings(self.log, self.transactor, self.rules.stream, utc_now, self.adopt_signals)

    @cached_property
    def import_openvex(self) -> ImportOpenVex:
        """Makes rules of OpenVEX documents."""
        return ImportOpenVex(self.log, self.transactor, self.rules.stream, utc_now)

    @cached_property
    def delete_old_reports(self) -> DeleteOldReports:
        """Deletes the reports of old scans."""
        days = self.settings.report_retention_days
        return DeleteOldReports(self.log, self.transactor, self.rules, self.reports, days, utc_now)

    @cached_property
    def clock(self) -> Clock:
        """The time of requests."""
        return utc_now

    @cached_property
    def verify_log(self) -> VerifyLog:
        """Verifies the log."""
        return VerifyLog(self.stored_log, self.reports, self.inventories)

    @cached_property
    def export_log(self) -> ExportLog:
        """Exports the log."""
        return ExportLog(self.stored_log, self.reports, self.inventories)

    @cached_property
    def import_log(self) -> ImportLog:
        """Imports a log."""
        return ImportLog(self.stored_log, self.reports, self.inventories, RestoreTags(self.log, self.tags))

    @cached_property
    def query_lag(self) -> QueryLag:
        """Reads how far the projections are behind."""
        return QueryLag(self.log, self.generations, self.builds, self.walk_states, self.projections_queue, utc_now)

    def _watching(self) -> dict[str, Any]:
        return {
            "plan": {"enabled": (plan := self.plan()).enabled, "since": plan.since},
            "discovery": {"mode": self.settings.discovery, "last": self.discoveries.get()},
        }

    @cached_property
    def query_status(self) -> QueryStatus:
        """Reads the service's own status."""
        return QueryStatus(
            queues=tuple(
                self._queue(name)
                for name in (
                    names.REGISTRY_EVENTS_QUEUE,
                    names.REGISTRY_EVENTS_POISON_QUEUE,
                    names.SCANS_QUEUE,
                    names.SCANS_POISON_QUEUE,
                    names.PROJECTIONS_QUEUE,
                    names.PROJECTIONS_POISON_QUEUE,
                    names.RECONCILIATIONS_QUEUE,
                    names.RECONCILIATIONS_POISON_QUEUE,
                    names.WALKS_QUEUE,
                    names.WALKS_POISON_QUEUE,
                )
            ),
            dead_letters=self.dead_letters,
            feeds=self.refresh_advisories.status,
            projections=self.query_lag,
            signals=self.refresh_signals.status,
            notices=self.send_notices.status if self.send_notices else dict,
            watching=self._watching,
            versions={"reader": self.reader_version, "projection": self.projector.revision},
        )


_lock = threading.RLock()
_app: App | None = None


def app() -> App:
    """Return this process's app, made at the first call; raise InvalidSettings."""
    global _app
    with _lock:
        if _app is None:
            made = App(all_settings.load())
            log_lines.install(made.settings.log_format)
            load_sdk()
            _app = made
        return _app
