"""What a benchmark is made of: subjects that are measured in turn, and compared."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from benchmarks.preparation.workbench import Workbench


class Sample(msgspec.Struct, frozen=True):
    """One run: seconds of wall clock and of CPU (user and system), peak resident memory in bytes.

    ``operations`` is how many equal things were done in that time; ``facts`` are numbers that show what was done.
    """

    wall: float
    cpu: float
    peak_rss: int
    operations: int = 1
    facts: Mapping[str, int] = {}


class Subject(Protocol):
    """Something whose speed is of interest."""

    @property
    def name(self) -> str:
        """What it is called in tables."""
        ...

    def run(self) -> Sample:
        """Run it once, in a fresh process, or raise SubjectFailed."""
        ...


class Comparison(msgspec.Struct, frozen=True):
    """Subjects that are measured in turn, and those (by name) by which the others are divided.

    ``operation`` names what is counted where a run does many; ``goal`` is what the product promises.
    """

    title: str
    subjects: tuple[Subject, ...]
    baselines: tuple[str, ...]
    goal: str
    operation: str = ""


class Compare(Protocol):
    """Makes the comparisons of a benchmark."""

    def __call__(self, bench: "Workbench", /) -> Iterator[Comparison]:
        """Yield the comparisons, or raise CannotRun."""
        ...


class Benchmark(msgspec.Struct, frozen=True):
    """A benchmark by the name that chooses it on the command line; ``runs`` unless the command line says else."""

    name: str
    about: str
    compare: Compare
    runs: int = 5
