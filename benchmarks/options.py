"""The command line of the benchmarks."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.image_name import ImageName, parse_image_name
from shared.domain.references import InvalidReference


class Options(msgspec.Struct, frozen=True):
    """What was asked for; no ``names`` means every benchmark that can run, no ``runs`` each benchmark's own number."""

    names: tuple[str, ...]
    runs: int | None
    json: Path | None
    images: tuple[ImageName, ...]
    osv: Path | None
    trivy: str | None
    trivy_cache: Path | None
    events: int


def parse_options(arguments: Sequence[str], environment: Mapping[str, str], known: Mapping[str, str]) -> Options:
    """Parse the command line; ``known`` are the benchmarks with what they measure. Ends the process on an error."""
    parser = _parser(known)
    parser.set_defaults(osv=_directory(environment["OSV_BASE"]) if environment.get("OSV_BASE") else None)
    given = parser.parse_args(arguments)
    for name in given.names:
        if name not in known:
            parser.error(f"there is no benchmark {name!r}: choose from {', '.join(known)}")
    return Options(
        names=tuple(given.names),
        runs=given.runs,
        json=given.json,
        images=tuple(given.image),
        osv=given.osv,
        trivy=given.trivy,
        trivy_cache=given.trivy_cache,
        events=given.events,
    )


def _parser(known: Mapping[str, str]) -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<14}{about}" for name, about in known.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure speed and memory, each beside its baseline: in turn, every run in a process of its own.",
        epilog=f"benchmarks:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="name", help="benchmarks to run (default: all that can)")
    parser.add_argument(
        "--runs", type=_count, help="rounds that are counted (default: 5, for append and cold-start 10)"
    )
    parser.add_argument("--json", type=_new_file, metavar="FILE", help="write all samples there as well")
    parser.add_argument(
        "--image",
        type=_image,
        action="append",
        default=[],
        metavar="HOST/REPOSITORY:TAG",
        help="scan this image of a registry without authentication; may be given several times "
        "(default: a minimal Debian, made once with mmdebstrap)",
    )
    parser.add_argument(
        "--osv",
        type=_directory,
        metavar="FOLDER",
        help="advisories, as ECOSYSTEM/all.zip (default: OSV_BASE, else the sample advisories)",
    )
    parser.add_argument("--trivy", metavar="PROGRAM", help="measure this Trivy too (default: the one on PATH)")
    parser.add_argument(
        "--trivy-cache",
        type=_directory,
        metavar="FOLDER",
        help="its cache with a database of the same advisories in db/; what it keeps of layers there is deleted",
    )
    parser.add_argument(
        "--events", type=_events, default=10_000, help="in the log that is rebuilt (default: %(default)s)"
    )
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def _events(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2_000 <= int(text) <= 10_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 2000 to 10000000")
    return int(text)


def _image(text: str) -> ImageName:
    try:
        return parse_image_name(text)
    except InvalidReference as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _new_file(text: str) -> Path:
    path = Path(text)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{str(path.parent)!r} is not a folder")
    return path


def _directory(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return path.resolve()
