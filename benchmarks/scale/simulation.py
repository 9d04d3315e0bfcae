"""A day of pushes over a queue and its workers, by discrete events: how many wait, and for how long."""

from __future__ import annotations

import heapq
import math
import random
from typing import NamedTuple

from benchmarks.scale.workload import Workload

_DAY = 86_400
_COLD_SECONDS = 10.0  # until an instance that the platform adds takes messages; assumed
_WAITING_AN_INSTANCE = 16  # messages; assumed, as the platform's target of queue length


class Day(NamedTuple):
    """What happened: pushes, the most that waited at a time, seconds waited (median, 95th percentile), instances."""

    pushes: int
    most_waiting: int
    median: float
    p95: float
    instances: int


def simulate(load: Workload, seed: int = 1) -> Day:
    """Run one day; ``load.peak`` is the rate of its busiest moment against the average."""
    chance = random.Random(seed)
    arrivals = _arrivals(load, chance)
    workers, instances = [0.0] * 2, 1
    starts: list[float] = []
    waits: list[float] = []
    most = 0
    for at in arrivals:
        while starts and starts[0] <= at:
            heapq.heappop(starts)
        wanted = min(load.instances, 1 + len(starts) // _WAITING_AN_INSTANCE)
        for _ in range(instances, wanted):
            workers.extend([at + _COLD_SECONDS] * 2)
        instances = max(instances, wanted)
        heapq.heapify(workers)
        begun = max(at, heapq.heappop(workers))
        heapq.heappush(workers, begun + chance.expovariate(1 / load.push_seconds))
        waits.append(begun - at)
        if begun > at:
            heapq.heappush(starts, begun)
        most = max(most, len(starts))
    waits.sort()
    return Day(len(waits), most, waits[len(waits) // 2], waits[len(waits) * 95 // 100], instances)


def _arrivals(load: Workload, chance: random.Random) -> list[float]:
    """Draw the times of pushes: a day whose rate is a narrow hill on a plain, by thinning."""
    average = load.pushes_a_day / _DAY
    most = average * load.peak
    times = []
    at = 0.0
    while (at := at + chance.expovariate(most)) < _DAY:
        if chance.random() < _rate(at, load.peak) / load.peak:
            times.append(at)
    return times


def _rate(at: float, peak: float) -> float:
    """Give the rate of a moment against the average: a bell around noon, on what is left for the other hours."""
    width = 3_600.0
    bell = math.exp(-(((at - _DAY / 2) / width) ** 2))
    share = width * math.sqrt(math.pi) / _DAY  # the mean of the bell over the day
    plain = (1 - share * peak) / (1 - share)
    return max(0.0, plain + (peak - plain) * bell)
