"""What a workload asks for: rates, hot partitions, times, storage and cost."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from benchmarks.scale.operations import LAYER_READS, LAYER_WRITES, PUSH, RESCAN
from benchmarks.scale.workload import Limits, Prices, Workload
from shared.projections.billing import SHARDS
from shared.services.rescan import RUN

_DAY = 86_400
_DAYS = 30.4  # of a month
_WEEKS = _DAYS / 7
_FUNCTION_SECONDS = 30 * 60  # host.json, functionTimeout
_TIMER_SECONDS = RUN.total_seconds()
_CHARGE_REQUESTS = 4  # one after the other: look for it in its shard and undivided, read the total, write both
_REQUEST_FAN_OUT = 8  # one after the other for each rescan that the timer requests: four of the log, four messages
LINES_A_SCAN: Final = 8
_LINE_KB = 0.5
INDEX_MB_AN_IMAGE: Final = 0.01  # measured: docs/FIGURES.md, 10,000 builds of 150 findings on 20 bases, with their past


class Line(NamedTuple):
    """A figure with its name and unit."""

    name: str
    value: float
    unit: str


def rates(load: Workload) -> list[Line]:
    """Give requests a second at the peak of pushes, with the rescans of the week spread over it."""
    pushes = load.pushes_a_day / _DAY * load.peak
    rescans = _rescans_a_day(load) / _DAY
    requests = pushes * (PUSH.requests + load.new_layers * (LAYER_READS + LAYER_WRITES)) + rescans * RESCAN.requests
    return [
        Line("pushes at the peak", pushes, "/s"),
        Line("rescans, spread evenly", rescans, "/s"),
        Line("requests to the storage account", requests, "/s"),
        Line("messages of queues", pushes * PUSH.messages + rescans * RESCAN.messages, "/s"),
        Line("reads of the rules' partition", pushes * PUSH.rules + rescans * RESCAN.rules, "/s"),
        Line("workers busy", pushes * load.push_seconds + rescans * load.rescan_seconds, ""),
        Line("instances", _instances(load, pushes, rescans), ""),
    ]


def limits_at(load: Workload, limits: Limits) -> list[Line]:
    """Give what each shared thing can bear, in its own unit; the smaller, the sooner it is what breaks."""
    second = 1_000 / load.request_ms
    return [
        Line("rescans, by the requests of the account", limits.account_requests / RESCAN.requests, "/s"),
        Line("rescans, by the rules' partition", limits.partition_entities / RESCAN.rules, "/s"),
        Line("rescans, by the pointer to the generations", limits.partition_entities / RESCAN.pointer, "/s"),
        Line("rescans, by the queues", limits.queue_messages / RESCAN.messages, "/s"),
        Line("rescans, by the workers", load.instances * load.concurrent / load.rescan_seconds, "/s"),
        Line("charges, by the totals of the month", second / _CHARGE_REQUESTS * len(SHARDS), "/s"),
        Line("images whose rescan one run of the timer requests", _TIMER_SECONDS * second / _REQUEST_FAN_OUT, ""),
        Line("images that one rule of a subscription reaches", _FUNCTION_SECONDS * second, ""),
        Line("index of findings of all images", load.images * INDEX_MB_AN_IMAGE / 1024, " GB"),
    ]


def weekly_rescan(load: Workload, limits: Limits) -> list[Line]:
    """Give how long the rescan of everything takes, and what waits meanwhile."""
    images = load.images * load.rescanned_share
    requested = 1_000 / load.request_ms / _REQUEST_FAN_OUT
    # The first of the limits of what is worked off; that of requesting is a matter of the timer.
    worked = min(line.value for line in limits_at(load, limits) if line.name.startswith("rescans"))
    return [
        Line("images", images, ""),
        Line("requested", requested, "/s"),
        Line("runs of the timer until all are requested", math.ceil(images / requested / _TIMER_SECONDS), ""),
        Line("days until then, with a run each hour", math.ceil(images / requested / _TIMER_SECONDS) / 24, ""),
        Line("worked off at most", worked, "/s"),
        Line("hours at that rate", images / worked / 3_600, ""),
        Line("seconds until the queue is empty after a run", _TIMER_SECONDS * max(0.0, requested / worked - 1), ""),
    ]


def storage(load: Workload) -> list[Line]:
    """Give what is stored after a year, in GB."""
    events = load.pushes_a_day * 365 * 3 + _rescans_a_day(load) * 365 * 2
    documents = (load.images + load.pushes_a_day * 365) * 2 * load.report_kb
    return [
        Line("events", events * load.event_kb / 1024**2, " GB"),
        Line("reports and inventories", documents / 1024**2, " GB"),
    ]


def cost(load: Workload, prices: Prices) -> list[Line]:
    """Give dollars a month, after a year."""
    pushes, rescans = load.pushes_a_day * _DAYS, _rescans_a_day(load) * _DAYS
    seconds = pushes * load.push_seconds + rescans * load.rescan_seconds
    # Two scans share an instance, as in the simulated day.
    executions = (pushes * PUSH.messages + rescans * RESCAN.messages) / 1e6
    tables = (pushes * PUSH.table_requests + rescans * RESCAN.table_requests) / 1e4
    queues = 3 * (pushes * PUSH.messages + rescans * RESCAN.messages) / 1e4
    reads = (pushes * (PUSH.blob_reads + load.new_layers * LAYER_READS) + rescans * RESCAN.blob_reads) / 1e4
    writes = (pushes * (PUSH.blob_writes + load.new_layers * LAYER_WRITES) + rescans * RESCAN.blob_writes) / 1e4
    events, documents = (line.value for line in storage(load))
    logged = (pushes + rescans) * LINES_A_SCAN * _LINE_KB / 1024**2
    lines = [
        Line("functions: GB-seconds", seconds / 2 * load.instance_gb * prices.gb_second, ""),
        Line("functions: executions", executions * prices.million_executions, ""),
        Line("requests to tables", tables * prices.table_10k, ""),
        Line("requests to queues", queues * prices.queue_10k, ""),
        Line("requests to blobs", reads * prices.blob_read_10k + writes * prices.blob_write_10k, ""),
        Line("what is stored", events * prices.table_gb + documents * prices.blob_gb, ""),
        Line("log", logged * prices.log_gb, ""),
    ]
    return [*lines, Line("together", sum(line.value for line in lines), "")]


def _rescans_a_day(load: Workload) -> float:
    return load.images * (load.rescanned_share / 7 + load.advisory_rescans_a_day)


def _instances(load: Workload, pushes: float, rescans: float) -> float:
    # Two scans keep the core of an instance busy; the rest of its workers wait for storage.
    return max(1.0, pushes * load.push_seconds / 2 + rescans * load.rescan_seconds / load.concurrent)
