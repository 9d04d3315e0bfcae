"""The tables of docs/SCALE.md."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.scale.arithmetic import Line, cost, limits_at, rates, storage, walks, weekly_rescan
from benchmarks.scale.operations import PUSH, RESCAN, RULE, Work
from benchmarks.scale.simulation import simulate
from benchmarks.scale.workload import Limits, Prices, Workload


def report(load: Workload, prices: Prices) -> str:
    """Write all tables for a workload, in Markdown."""
    title = f"{load.registries:,} registries, {load.images:,} images, {load.pushes_a_day:,} pushes a day"
    day = simulate(load)
    simulated = [
        Line("pushes", day.pushes, ""),
        Line("scans that waited at most", day.most_waiting, ""),
        Line("seconds waited, median", day.median, ""),
        Line("seconds waited, 95th percentile", day.p95, ""),
        Line("instances at most", day.instances, ""),
    ]
    parts = [
        _work(),
        _table(f"at the peak: {title}", rates(load)),
        _table("what breaks when", limits_at(load, Limits())),
        _table("walks through all images", walks(load, Limits())),
        _table("the weekly rescan", weekly_rescan(load, Limits())),
        _table("a simulated day, seed 1", simulated),
        _table("stored after a year", storage(load)),
        _table("US dollars a month", cost(load, prices)),
    ]
    return "\n\n".join(parts)


def _work() -> str:
    works = (("push of a new image", PUSH), ("rescan", RESCAN), ("change of a rule, for each image", RULE))
    rows = "\n".join(_row(name, work) for name, work in works)
    head = "| requests of | table reads | table writes | messages | blob reads | blob writes | together |"
    return f"{head}\n| --- | --- | --- | --- | --- | --- | --- |\n{rows}"


def _row(name: str, work: Work) -> str:
    counts = (work.table_reads, work.table_writes, work.messages, work.blob_reads, work.blob_writes, work.requests)
    return f"| {name} | " + " | ".join(map(str, counts)) + " |"


def _table(title: str, lines: Sequence[Line]) -> str:
    rows = "\n".join(f"| {line.name} | {_number(line.value)}{line.unit} |" for line in lines)
    return f"| {title} | |\n| --- | --- |\n{rows}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"
