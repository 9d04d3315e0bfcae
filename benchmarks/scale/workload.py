"""The installation that is worked out, and what is assumed of it."""

from __future__ import annotations

import msgspec


class Workload(msgspec.Struct, frozen=True):
    """How much there is to do. Everything but the first three is an assumption, and can be given otherwise."""

    registries: int = 1_000
    images: int = 1_000_000
    pushes_a_day: int = 100_000
    peak: float = 10.0  # of pushes: the busiest minute against the average
    rescanned_share: float = 1.0  # of images that were pulled within RECENT_PULL_DAYS
    new_layers: float = 2.0  # of a pushed image that no other image had
    push_seconds: float = 8.0  # of a worker, for a first scan and its projections
    rescan_seconds: float = 0.5
    instance_gb: float = 2.0
    concurrent: int = 6  # host.json: batchSize and newBatchThreshold
    instances: int = 40
    request_ms: float = 10.0  # of one request to storage, in the same region
    report_kb: float = 20.0  # reports and inventories, compressed
    event_kb: float = 1.5  # as stored, with its share of head and marker
    advisory_rescans_a_day: float = 0.05  # of all images


class Limits(msgspec.Struct, frozen=True):
    """Targets of Azure Storage: learn.microsoft.com, "Scalability targets" of tables and queues."""

    partition_entities: int = 2_000
    account_requests: int = 20_000
    queue_messages: int = 2_000


class Prices(msgspec.Struct, frozen=True):
    """US dollars. None was read from Azure's own list, which could not be reached: look them up before relying on them.

    ``gb_second`` is what modal.com, "Azure Functions pricing" (2025-05-22) says of Flex Consumption in East US; the
    others are assumed.
    """

    gb_second: float = 0.000026
    million_executions: float = 0.40
    table_10k: float = 0.00036
    queue_10k: float = 0.004
    blob_read_10k: float = 0.004
    blob_write_10k: float = 0.05
    table_gb: float = 0.045
    blob_gb: float = 0.02
    log_gb: float = 2.30
