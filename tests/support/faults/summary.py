"""What the tests under faults went through, counted for the last lines of a test run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from tests.support.faults.gates import RandomFaults

type RecordProperty = Callable[[str, object], None]

_PREFIX = "faults: "


def record(record_property: RecordProperty, commands: int, faults: RandomFaults) -> None:
    """Count one history that held, in the report of the test that lived through it."""
    counts = {"seeds": 1, "commands": commands, "requests": faults.requests}
    for what, count in {**counts, **{str(fault): count for fault, count in faults.injected.items()}}.items():
        record_property(_PREFIX + what, count)


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Add up what all tests counted, as lines to print; none where no test went through faults."""
    total: Counter[str] = Counter()
    for name, count in properties:
        if name.startswith(_PREFIX) and isinstance(count, int):
            total[name.removeprefix(_PREFIX)] += count
    if not total:
        return []
    seeds, commands, requests = (total.pop(name) for name in ("seeds", "commands", "requests"))
    kinds = ", ".join(f"{count:,} {name}" for name, count in sorted(total.items()))
    share = sum(total.values()) / requests
    return [
        f"{seeds} seeds held, {commands:,} commands: 0 lost, 0 doubled",
        f"{sum(total.values()):,} faults in {requests:,} requests ({share:.0%}): {kinds}",
    ]
