"""Results as tables for a terminal, and as JSON for a machine."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.results import Measured, Result


def print_result(console: Console, result: Result) -> None:
    """Print one comparison: a line for each subject, then what was done, then the goal."""
    comparison = result.comparison
    columns = ["subject", "median", "min", "max", "CPU", "peak RSS"]
    columns += [f"{comparison.operation}/s", "/CPU s"] if comparison.operation else []
    columns += [f"÷ {baseline} (CPU)" for baseline in comparison.baselines]
    table = Table(*columns, title=comparison.title, title_justify="left", title_style="bold")
    rows = [_cells(result, measured) for measured in result.measured]
    for column, cells in zip(table.columns, zip(*rows, strict=True), strict=True):
        # Headings may be wrapped where the terminal is narrow, figures may not.
        column.min_width = max(map(len, cells))
        column.justify = "left" if column is table.columns[0] else "right"
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(f"Goal: {comparison.goal}.", highlight=False)
    for measured in result.measured:
        if facts := measured.samples[-1].facts:
            told = ", ".join(f"{name} {number:,}" for name, number in facts.items())
            console.print(f"  {measured.name}: {told}", highlight=False)
    console.print()


def write_json(path: Path, results: Sequence[tuple[str, Result]]) -> None:
    """Write all samples and ratios, with what is known of the machine."""
    document = {
        "machine": {"python": platform.python_version(), "system": platform.platform(), "processors": os.cpu_count()},
        "results": [_document(benchmark, result) for benchmark, result in results],
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document)))


def _cells(result: Result, measured: Measured) -> list[str]:
    walls = measured.walls
    cells = [measured.name, *map(_time, (median(walls), min(walls), max(walls), median(measured.cpus)))]
    cells.append(f"{measured.peak_rss / 2**20:.0f} MiB")
    if result.comparison.operation:
        cells += [f"{1 / median(times):,.0f}" for times in (walls, measured.cpus)]
    for baseline in result.comparison.baselines:
        ratio = result.ratio(measured, baseline)
        cells.append("" if measured.name == baseline else f"{ratio.wall:.2f} ({ratio.cpu:.2f})")
    return cells


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def _document(benchmark: str, result: Result) -> dict[str, object]:
    baselines = result.comparison.baselines
    return {
        "benchmark": benchmark,
        "title": result.comparison.title,
        "goal": result.comparison.goal,
        "subjects": result.measured,
        "ratios": [result.ratio(measured, baseline) for baseline in baselines for measured in result.measured],
    }
