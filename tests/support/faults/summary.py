"""What the tests under faults went through, counted for the last lines of a test run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from tests.support.faults.gates import Fault, Injected

type RecordProperty = Callable[[str, object], None]

_PREFIX = "faults: "


def count(record_property: RecordProperty, what: str, number: int) -> None:
    """Count something that held, in the report of the test that tried it."""
    record_property(_PREFIX + what, number)


def record(record_property: RecordProperty, commands: int, faults: Injected, rebuilds: int = 0) -> None:
    """Count one history that held, and the rebuilds in it that were switched to."""
    count(record_property, "seeds", 1)
    count(record_property, "rebuilds", rebuilds)
    count(record_property, "commands", commands)
    count(record_property, "requests", faults.requests)
    for fault, number in faults.injected.items():
        count(record_property, fault, number)


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Add up what all tests counted, as lines to print; none where no test went through faults."""
    total: Counter[str] = Counter()
    for name, number in properties:
        if name.startswith(_PREFIX) and isinstance(number, int):
            total[name.removeprefix(_PREFIX)] += number
    told = [f"{total[what]:,} {what} held" for what in ("crash points", "interleavings") if total[what]]
    if total["seeds"]:
        told.append(f"{total['seeds']:,} seeds held, {total['commands']:,} commands: 0 lost, 0 doubled")
        told.append(f"{total['rebuilds']:,} rebuilds were switched to in the middle of them")
        faults = sum(total[fault] for fault in Fault)
        kinds = ", ".join(f"{total[fault]:,} {fault}" for fault in Fault)
        told.append(f"{faults:,} faults in {total['requests']:,} requests ({faults / total['requests']:.0%}): {kinds}")
    return told
