"""What a workload asks for: rates, hot partitions, times, storage and cost."""

from __future__ import annotations

from typing import Final, NamedTuple

from benchmarks.scale.operations import (
    LAYER_READS,
    LAYER_WRITES,
    PUSH,
    RESCAN,
    RESCAN_REQUEST,
    RULE,
    SWEEP,
    UNCONCERNED,
)
from benchmarks.scale.workload import Limits, Prices, Workload
from shared.domain.messages import PARTITIONS
from shared.projections.billing import SHARDS
from shared.services.walk import AT_ONCE, EACH

_DAY = 86_400
_DAYS = 30.4  # of a month
_WEEKS = _DAYS / 7
_SWEEPS_A_DAY = 24  # SWEEP_SCHEDULE
_REFRESHES_A_DAY = 6  # ADVISORY_SCHEDULE
_CHARGE_REQUESTS = 4  # one after the other: look for it in its shard and undivided, read the total, write both
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
        Line("requests of the sweep, while it goes on", SWEEP * _walked(load, SWEEP), "/s"),
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
        Line("images swept in an hour", 3_600 * _walked(load, SWEEP), ""),
        Line("images that a rule of a subscription reaches in an hour", 3_600 * _ruled(load, limits), ""),
        Line("images whose rescan is requested in an hour", 3_600 * _requested(load), ""),
        Line("index of findings of all images", load.images * INDEX_MB_AN_IMAGE / 1024, " GB"),
    ]


def walks(load: Workload, limits: Limits) -> list[Line]:
    """Give how long each walk through all images takes, in as many partitions as the stream directory has."""
    messages = load.images / EACH.streams + PARTITIONS
    return [
        Line("partitions", PARTITIONS, ""),
        Line("minutes of a sweep that finds nothing", load.images / _walked(load, SWEEP) / 60, ""),
        Line("minutes until every image has the hint of a rule", load.images / _walked(load, 1) / 60, ""),
        Line("minutes until every image shows the rule", load.images / _ruled(load, limits) / 60, ""),
        Line("minutes until the rescan of every image is requested", load.images / _requested(load) / 60, ""),
        Line("minutes until every image that new advisories concern is", _advised(load) / 60, ""),
        Line("messages of a walk, at the fewest", messages, ""),
        Line("images of a walk without a message, at most", AT_ONCE.streams, ""),
    ]


def weekly_rescan(load: Workload, limits: Limits) -> list[Line]:
    """Give how long the rescan of everything takes, and what waits meanwhile."""
    images = load.images * load.rescanned_share
    requested = _requested(load)
    # The first of the limits of what is worked off; that of requesting is a matter of the walk.
    worked = min(line.value for line in limits_at(load, limits) if line.name.startswith("rescans"))
    return [
        Line("images", images, ""),
        Line("requested", requested, "/s"),
        Line("hours until all are requested", images / requested / 3_600, ""),
        Line("worked off at most", worked, "/s"),
        Line("hours at that rate", images / worked / 3_600, ""),
        Line("that wait at most", images * max(0.0, 1 - worked / requested), ""),
    ]


def _walked(load: Workload, requests: float) -> float:
    """Give the images a second of a walk that makes so many requests for each, one after the other."""
    return PARTITIONS * 1_000 / load.request_ms / requests


def _requested(load: Workload) -> float:
    # A message is put by one request; the others that it takes are made where it is worked off.
    return _walked(load, RESCAN_REQUEST.table_requests + RESCAN_REQUEST.messages)


def _advised(load: Workload) -> float:
    """Give the seconds of a walk that looks at the row of every image and requests the scans of a day's share."""
    asked = load.advisory_rescans_a_day * load.images
    return (load.images - asked) / _walked(load, UNCONCERNED) + asked / _requested(load)


def _ruled(load: Workload, limits: Limits) -> float:
    """Give the images a second that a rule reaches: the first of what gives out the hints and what follows them."""
    followed = load.instances * load.concurrent * 1_000 / load.request_ms / (RULE.table_requests + RULE.blob_reads)
    return min(
        _walked(load, 1), followed, limits.partition_entities / RULE.rules, limits.account_requests / RULE.requests
    )


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
    walked = load.images * (SWEEP * _SWEEPS_A_DAY + UNCONCERNED * _REFRESHES_A_DAY) * _DAYS
    # Two scans share an instance, as in the simulated day; walks wait for storage, as many as it takes messages.
    busy = seconds / 2 + walked * load.request_ms / 1_000 / load.concurrent
    executions = (pushes * PUSH.messages + rescans * RESCAN.messages) / 1e6
    tables = (pushes * PUSH.table_requests + rescans * RESCAN.table_requests + walked) / 1e4
    queues = 3 * (pushes * PUSH.messages + rescans * RESCAN.messages) / 1e4
    reads = (pushes * (PUSH.blob_reads + load.new_layers * LAYER_READS) + rescans * RESCAN.blob_reads) / 1e4
    writes = (pushes * (PUSH.blob_writes + load.new_layers * LAYER_WRITES) + rescans * RESCAN.blob_writes) / 1e4
    events, documents = (line.value for line in storage(load))
    logged = (pushes + rescans) * LINES_A_SCAN * _LINE_KB / 1024**2
    lines = [
        Line("functions: GB-seconds", busy * load.instance_gb * prices.gb_second, ""),
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
