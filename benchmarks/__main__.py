"""``python -m benchmarks``: run benchmarks and print what they found."""

import os
import sys
from collections.abc import Iterator

from rich.console import Console

from benchmarks.cases.advisories import ADVISORIES
from benchmarks.cases.append import APPEND
from benchmarks.cases.azure import AZURE
from benchmarks.cases.builds import BUILDS
from benchmarks.cases.charges import CHARGES
from benchmarks.cases.cold_start import COLD_START
from benchmarks.cases.exports import EXPORTS
from benchmarks.cases.findings_index import FINDINGS_INDEX
from benchmarks.cases.known_layers import KNOWN_LAYERS
from benchmarks.cases.past import PAST
from benchmarks.cases.projection import PROJECTION
from benchmarks.cases.rebuild import REBUILD
from benchmarks.cases.rescan import RESCAN
from benchmarks.cases.resource_graph import RESOURCE_GRAPH
from benchmarks.cases.scan import SCAN
from benchmarks.failures import CannotRun, SubjectFailed
from benchmarks.interface import Benchmark
from benchmarks.options import Options, parse_options
from benchmarks.preparation.workbench import Workbench
from benchmarks.report import print_result, write_json
from benchmarks.results import Result, measure

_BENCHMARKS = (
    *(SCAN, APPEND, PROJECTION, CHARGES, REBUILD, FINDINGS_INDEX, BUILDS, PAST, AZURE, RESOURCE_GRAPH),
    *(RESCAN, KNOWN_LAYERS, EXPORTS, ADVISORIES, COLD_START),
)
_ALL = {benchmark.name: benchmark for benchmark in _BENCHMARKS}


def main() -> int:
    """Run what was asked for; the exit status is 0 if every benchmark that was named ran to its end."""
    options = parse_options(sys.argv[1:], os.environ, {name: found.about for name, found in _ALL.items()})
    # Where there is no terminal to fit into, lines are as long as the tables are.
    console = Console(width=None if sys.stdout.isatty() else 120)
    status = 0
    results: list[tuple[str, Result]] = []
    with Workbench(options) as bench:
        for name in options.names or _ALL:
            try:
                for result in _results(bench, _ALL[name], options):
                    print_result(console, result)
                    results.append((name, result))
            except CannotRun as error:
                console.print(f"{name}: not run. {error}\n", markup=False, highlight=False)
                status = 1 if options.names else status
            except SubjectFailed as error:
                console.print(f"{name}: failed. {error}\n", markup=False, highlight=False)
                status = 1
    if options.json:
        write_json(options.json, results)
    return status


def _results(bench: Workbench, benchmark: Benchmark, options: Options) -> Iterator[Result]:
    for comparison in benchmark.compare(bench):
        yield measure(comparison, options.runs or benchmark.runs)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
