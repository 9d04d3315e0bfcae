"""Measuring subjects in turn, and the figures that are drawn from it."""

from statistics import median

import msgspec

from benchmarks.interface import Comparison, Sample


class Measured(msgspec.Struct, frozen=True):
    """All samples of one subject, in the order in which they were taken."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def walls(self) -> tuple[float, ...]:
        """Seconds of wall clock an operation."""
        return tuple(sample.wall / sample.operations for sample in self.samples)

    @property
    def cpus(self) -> tuple[float, ...]:
        """Seconds of CPU an operation."""
        return tuple(sample.cpu / sample.operations for sample in self.samples)

    @property
    def peak_rss(self) -> float:
        """The median of the peak memory, in bytes."""
        return median(sample.peak_rss for sample in self.samples)


class Ratio(msgspec.Struct, frozen=True):
    """How many times as long as a baseline a subject takes: the median over rounds, each of which ran both."""

    subject: str
    baseline: str
    wall: float
    cpu: float


class Result(msgspec.Struct, frozen=True):
    """A comparison with its measurements."""

    comparison: Comparison
    measured: tuple[Measured, ...]

    def ratio(self, subject: Measured, baseline: str) -> Ratio:
        """Divide a subject by a baseline, round by round: what slowed one of a round down slowed both."""
        other = next(measured for measured in self.measured if measured.name == baseline)
        return Ratio(subject.name, baseline, _quotient(subject.walls, other.walls), _quotient(subject.cpus, other.cpus))


def measure(comparison: Comparison, runs: int) -> Result:
    """Run all subjects in turn, as often as asked; a round before the first warms caches and is not counted.

    Raises SubjectFailed.
    """
    rounds = [[subject.run() for subject in comparison.subjects] for _ in range(runs + 1)][1:]
    samples = zip(*rounds, strict=True)
    names = [subject.name for subject in comparison.subjects]
    return Result(comparison, tuple(Measured(name, taken) for name, taken in zip(names, samples, strict=True)))


def _quotient(ours: tuple[float, ...], theirs: tuple[float, ...]) -> float:
    return median(our / their if their else float("inf") for our, their in zip(ours, theirs, strict=True))
