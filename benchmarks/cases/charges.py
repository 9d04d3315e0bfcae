"""How many charges a second come onto the bill of a month."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_WRITERS = (1, 4, 16)
_CHARGES = 160


def _compare(bench: Workbench) -> Iterator[Comparison]:
    for writers in _WRITERS:
        arguments = {"storage": bench.storage, "charges": str(_CHARGES), "writers": str(writers)}
        together = Timed("one total", "benchmarks.subjects.charges:together", arguments)
        spread = Timed("sixteen totals", "benchmarks.subjects.charges:spread", arguments)
        yield Comparison(
            f"Billing: charges of one month by {writers} at a time, against one Azurite",
            (together, spread),
            (together.name,),
            "none was set",
            operation="charges",
        )


CHARGES = Benchmark("charges", "charges of a month by several writers, with one total and with sixteen", _compare, 3)
