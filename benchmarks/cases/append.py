"""How many appends a second the event log makes."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_APPENDS = 100


def _compare(bench: Workbench) -> Iterator[Comparison]:
    arguments = {"storage": bench.storage, "appends": str(_APPENDS)}
    bare = Timed("bare SDK", "benchmarks.subjects.append:bare", arguments)
    ours = Timed("TableEventLog.append", "benchmarks.subjects.append:product", arguments)
    yield Comparison(
        "Append: three-row transactions against one Azurite",
        (bare, ours),
        (bare.name,),
        "at least 90 % of the bare rate, which is at most 1.11 times its time",
        operation="appends",
    )


APPEND = Benchmark("append", "TableEventLog.append against the bare SDK's transaction", _compare, runs=10)
