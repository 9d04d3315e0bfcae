"""``python -m benchmarks.accuracy``: compare our findings with those of other scanners, and explain each difference."""

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.accuracy.comparison import Comparison, compare
from benchmarks.accuracy.formats.detection import read_scan
from benchmarks.accuracy.formats.plimsoll import scan_of
from benchmarks.accuracy.interface import Scan, UnreadableScan
from benchmarks.accuracy.options import Options, parse_options
from benchmarks.accuracy.records import UnreadableAdvisories, read_advisories
from benchmarks.accuracy.report import print_comparison, write_json
from benchmarks.failures import CannotRun
from benchmarks.image_name import ImageName


def main() -> int:
    """Compare what was given; the exit status is 0 if every difference is explained."""
    options = parse_options(sys.argv[1:], os.environ)
    console = Console(width=None if sys.stdout.isatty() else 140)
    try:
        ours = _ours(options)
        theirs = [(path.name, read_scan(path)) for path in options.peers]
        made = [(name, _compare(ours, scan, options.osv)) for name, scan in theirs]
    except (UnreadableScan, UnreadableAdvisories, CannotRun) as error:
        print(f"accuracy: {error}", file=sys.stderr)
        return 2
    for name, comparison in made:
        print_comparison(console, name, comparison, every=options.every)
    if options.json:
        write_json(options.json, made)
    return int(any(comparison.unexplained for _, comparison in made))


def _compare(ours: Scan, theirs: Scan, osv: Path) -> Comparison:
    wanted = {name for scan in (ours, theirs) for sighting in scan.sightings for name in sighting.flaws}
    comparison = compare(ours, theirs, read_advisories(osv, wanted))
    if not comparison.may_be_of_one_image:
        raise UnreadableScan(f"{theirs.scanner} names no package that we name: was it given the same image?")
    return comparison


def _ours(options: Options) -> Scan:
    if options.findings:
        return read_scan(options.findings)
    assert options.image, "the command line takes one of both"
    return _scan(options.image, options.osv)


def _scan(image: ImageName, osv: Path) -> Scan:
    from benchmarks.preparation.advisories import build_advisories
    from benchmarks.preparation.readable import require_image
    from benchmarks.subjects.scan import read_image
    from shared.advisories.database import AdvisoryDatabase

    require_image(image)
    inventory, _ = read_image(image)
    with tempfile.TemporaryDirectory() as folder:
        database = AdvisoryDatabase(build_advisories(Path(folder) / "advisories.sqlite", osv))
        report = database.match(inventory)
        database.close()
    return scan_of(report, inventory)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
