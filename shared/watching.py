"""What watches registries: every service that takes in what they tell or hold, made when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.domain import stored_names as names
from shared.domain.discovery import DiscoveryMode
from shared.queries import Queries
from shared.services.change_plan import ChangePlan
from shared.services.discover_registries import DiscoverRegistries
from shared.services.move_tag import MoveTag
from shared.services.read_pull_log import ReadPullLog
from shared.services.receive_event import ReceiveEvent
from shared.services.reconciliation.compare_repository import CompareRepository
from shared.services.reconciliation.known_names import ReadKnownNames
from shared.services.reconciliation.record_found import RecordFound
from shared.services.reconciliation.start_sweeps import StartSweeps
from shared.services.reconciliation.sweep_registry import SweepRegistry
from shared.services.record_deletion import RecordDeletion
from shared.services.record_pull import RecordPull
from shared.services.record_push import RecordPush
from shared.services.watch_configured import WatchConfigured
from shared.stores import utc_now

if TYPE_CHECKING:
    from shared.registry.allowlist import Allowlist
    from shared.registry.client import RegistryClient
    from shared.registry.interface import RegistryCatalog
    from shared.subscription.interface import Subscription


@dataclass(frozen=True)
class Watching(Queries):
    """The part of the app that records what happens in registries."""

    @cached_property
    def allowlist(self) -> Allowlist:
        """The registries that may be contacted."""
        from shared.registry.allowlist import Allowlist

        return Allowlist((), more=self.registries.endpoint)

    @cached_property
    def registry(self) -> RegistryClient:
        """The registry client."""
        from shared.registry.azure_credentials import EntraTokens
        from shared.registry.client import RegistryClient
        from shared.registry.interface import BasicCredential

        tokens = EntraTokens(
            cloud=self.settings.azure_cloud,
            managed=self.settings.in_azure,
            client_id=self.settings.identity_client_id or None,
        )
        given = self.settings.registry_credentials.items()
        return RegistryClient(
            self.allowlist,
            aad=tokens,
            passwords={host: BasicCredential(*pair) for host, pair in given},
            limits=self.settings.limits.manifest,
        )

    @cached_property
    def catalog(self) -> RegistryCatalog:
        """The listings of registries."""
        from shared.registry.catalog import CatalogClient

        return CatalogClient(self.registry, self.allowlist)

    @cached_property
    def move_tag(self) -> MoveTag:
        """Moves tags between images."""
        return MoveTag(self.transactor, self.tags)

    @cached_property
    def record_push(self) -> RecordPush:
        """Records pushes."""
        return RecordPush(self.transactor, self.move_tag, self.plan)

    @cached_property
    def record_deletion(self) -> RecordDeletion:
        """Records deletions."""
        return RecordDeletion(self.log, self.transactor)

    @cached_property
    def start_sweeps(self) -> StartSweeps:
        """Begins the sweeps of the registries."""
        watch = WatchConfigured(self.registries, self.registry_reader, self.transactor, utc_now)
        return StartSweeps(watch, self.registries, self.sweep_states, self.reconciliations_queue, utc_now)

    @property
    def discover_registries(self) -> DiscoverRegistries | None:
        """Looks for the registries of the subscription, where that is possible; made anew for each look."""
        chosen = self.settings
        if chosen.discovery is DiscoveryMode.OFF:
            return None
        return DiscoverRegistries(
            subscription=self.subscription(),
            mode=chosen.discovery,
            exclusions=chosen.exclusions,
            reader=self.registry_reader,
            transactor=self.transactor,
            start_sweeps=self.start_sweeps,
            discoveries=self.discoveries,
            now=utc_now,
        )

    def subscription(self) -> Subscription:
        """Make a look at the subscription."""
        from shared.domain.clouds import CLOUDS
        from shared.storage.identity import credential
        from shared.subscription.azure_subscription import AzureSubscription, EventTargets
        from shared.subscription.client import ManagementClient

        chosen = self.settings
        cloud = CLOUDS[chosen.azure_cloud]
        identity = credential(chosen.identity_client_id, chosen.azure_cloud)
        client = ManagementClient(f"https://{cloud.management}", cloud.management_scope, identity)
        targets = EventTargets(
            chosen.event_storage_id, chosen.event_identity_id, names.REGISTRY_EVENTS_QUEUE, names.UNDELIVERED_CONTAINER
        )
        return AzureSubscription(client, chosen.subscription_id, cloud.login_server_suffix, targets)

    @cached_property
    def change_plan(self) -> ChangePlan:
        """Turns the plan on and off."""
        return ChangePlan(self.plan, self.transactor, self.start_sweeps, utc_now)

    @cached_property
    def sweep_registry(self) -> SweepRegistry:
        """Compares registries with the log."""
        found = RecordFound(self.transactor, self.move_tag, self.plan)
        return SweepRegistry(
            catalog=self.catalog,
            known=ReadKnownNames(self.log, self.images),
            compare=CompareRepository(self.catalog, self.tags, found, self.record_deletion, utc_now),
            states=self.sweep_states,
            transactor=self.transactor,
            queue=self.reconciliations_queue,
            now=utc_now,
        )

    @cached_property
    def receive_event(self) -> ReceiveEvent:
        """Receives events of registries."""
        return ReceiveEvent(self.registries, self.record_push, self.record_deletion, self.dead_letters, utc_now)

    @cached_property
    def read_pull_log(self) -> ReadPullLog:
        """Reads pull logs."""
        return ReadPullLog(
            logs=self._container(names.PULL_LOGS_CONTAINER),
            offsets=self._table(names.PULL_OFFSETS_TABLE),
            registries=self.registries,
            record_pull=RecordPull(self.log, self.transactor, self.plan),
            now=utc_now,
        )
