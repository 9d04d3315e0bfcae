"""How long a fresh worker takes before it can do anything: the import of the function app."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed


def _compare(_bench: Workbench) -> Iterator[Comparison]:
    app, floor = (_import(module) for module in ("function_app", "azure.functions"))
    yield Comparison(
        "Cold start: import in a fresh process", (floor, app), (floor.name,), "import function_app in at most 600 ms"
    )


def _import(module: str) -> Timed:
    return Timed(f"import {module}", "benchmarks.subjects.imports:fresh", {"module": module})


COLD_START = Benchmark("cold-start", "import of function_app in a fresh process", _compare, runs=10)
