"""What answers questions: every service that only reads, each made when it is first asked for."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.compare_images import CompareImages
from shared.services.known_registries import DiscoveredRegistries, KnownRegistries
from shared.services.preview_rule import PreviewRule
from shared.services.query_bases import QueryBases
from shared.services.query_billing import QueryBilling
from shared.services.query_caveats import QueryCaveats
from shared.services.query_estate import QueryEstate
from shared.services.query_exposure import QueryExposure
from shared.services.query_findings import QueryFindings
from shared.services.query_gate import QueryGate
from shared.services.query_history import QueryHistory
from shared.services.query_images import QueryImages
from shared.services.query_quota import QueryQuota
from shared.services.query_recommendations import QueryRecommendations
from shared.services.query_registries import QueryRegistries
from shared.services.query_scan import QueryScan
from shared.services.query_scan_result import QueryScanResult
from shared.services.query_tags import QueryTags
from shared.services.query_trends import QueryTrends
from shared.stores import Stores, utc_now

if TYPE_CHECKING:
    from shared.services.query_resource_graph import QueryResourceGraph


@dataclass(frozen=True)
class Queries(Stores):
    """The part of the app that answers."""

    @cached_property
    def registries(self) -> KnownRegistries:
        """The registries that are watched."""
        chosen = self.settings
        discovered = DiscoveredRegistries(self.registry_reader)
        return KnownRegistries.of(chosen.registries, chosen.registry_resources, discovered)

    @cached_property
    def query_images(self) -> QueryImages:
        """Reads images."""
        return QueryImages(
            self.log, self.images, self.findings_index, self.projector, self.rules, self.reports, utc_now
        )

    @cached_property
    def query_findings(self) -> QueryFindings:
        """Reads findings over all images."""
        return QueryFindings(self.findings_index, self.query_images, self.signals.as_of)

    @cached_property
    def query_estate(self) -> QueryEstate:
        """Reads all registries with their images."""
        chosen = self.settings
        return QueryEstate(
            query=self.query_images,
            index=self.findings_index,
            registries=self.registries,
            rules=self.rules,
            subscription_id=chosen.subscription_id,
            threshold=chosen.unhealthy_from,
            now=utc_now,
            caveats=self.query_caveats,
        )

    @cached_property
    def query_quota(self) -> QueryQuota:
        """Counts the queries of each caller."""
        return QueryQuota(time.monotonic)

    @cached_property
    def query_resource_graph(self) -> QueryResourceGraph:
        """Answers queries of Resource Graph."""
        from shared.api.resource_graph.tables import ResourceTables
        from shared.kql.sandbox.client import QuerySandbox
        from shared.services.query_resource_graph import QueryResourceGraph

        tables = ResourceTables(self.query_estate, self.findings_index)
        return QueryResourceGraph(QuerySandbox(os.process_cpu_count() or 1), tables, utc_now)

    @cached_property
    def query_gate(self) -> QueryGate:
        """Decides for pipelines."""
        return QueryGate(self.log, self.registries, self.rules, self.reports, self.plan, utc_now, self.signals.as_of)

    @cached_property
    def query_registries(self) -> QueryRegistries:
        """Reads which registries are watched, and how."""
        return QueryRegistries(
            reader=self.registry_reader,
            registries=self.registries,
            states=self.sweep_states,
            log=self.log,
            images=self.query_images,
        )

    @cached_property
    def query_history(self) -> QueryHistory:
        """Explains images' health."""
        return QueryHistory(self.log, self.rules.stream, self.reports, self.settings.unhealthy_from, utc_now)

    @cached_property
    def query_scan_result(self) -> QueryScanResult:
        """Reads what exports are made of."""
        return QueryScanResult(
            self.log, self.rules, self.reports, self.inventories, utc_now, self.signals.as_of, self.plan
        )

    @cached_property
    def query_scan(self) -> QueryScan:
        """Reads how far a scan is."""
        return QueryScan(self.log)

    @cached_property
    def query_bases(self) -> QueryBases:
        """Reads the bases of images."""
        return QueryBases(self.query_images, self.findings_index, self.settings.unhealthy_from, self.signals.as_of)

    @cached_property
    def query_recommendations(self) -> QueryRecommendations:
        """Reads recommendations."""
        return QueryRecommendations(self.query_bases, lambda at: self.query_caveats(at).removed)

    @cached_property
    def query_tags(self) -> QueryTags:
        """Reads what tags named."""
        return QueryTags(self.images, self.query_images)

    @cached_property
    def query_trends(self) -> QueryTrends:
        """Reads how health and findings went over time."""
        return QueryTrends(self.findings_index, self.query_images)

    @cached_property
    def query_exposure(self) -> QueryExposure:
        """Reads how long findings are open."""
        return QueryExposure(self.findings_index, self.images, self.query_trends)

    @cached_property
    def compare_images(self) -> CompareImages:
        """Compares images."""
        return CompareImages(self.query_images)

    @cached_property
    def query_caveats(self) -> QueryCaveats:
        """Reads what has to be known of answers."""
        return QueryCaveats(self.plan, self.registry_reader)

    @cached_property
    def query_billing(self) -> QueryBilling:
        """Reads the bill."""
        return QueryBilling(self.log, self.billing)

    @cached_property
    def preview_rule(self) -> PreviewRule:
        """Says what a rule would do."""
        chosen = self.settings
        return PreviewRule(self.images, self.rules, self.reports, chosen.unhealthy_from, utc_now, self.signals.as_of)
