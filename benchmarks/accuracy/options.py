"""The command line of the accuracy harness."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.image_name import ImageName, parse_image_name
from shared.domain.references import InvalidReference

_EPILOG = """\
Both scanners must have been given the same advisories, and the folder that --osv names must hold them: each difference
is decided by the raw records there, evaluated by the letter of the OSV format and with the version orders of the
library univers. Nothing else counts as a proof.

  python -m benchmarks.accuracy --osv osv --image 127.0.0.1:5055/team/app:1.0 trivy.json grype.json
  python -m benchmarks.accuracy --osv osv --findings findings.json osv-scanner.json

where the peers were run like this (theirs best with all packages, so that one which they do not read can be told from
one in which they find nothing):

  trivy image --format json --list-all-pkgs --scanners vuln IMAGE > trivy.json
  grype --output json IMAGE > grype.json
  osv-scanner scan image --format json --all-packages IMAGE > osv-scanner.json

exit status: 0 every difference is explained, 1 one is not, 2 something could not be read or done
"""


class Options(msgspec.Struct, frozen=True):
    """What was asked for: ``image`` is scanned now, or ``findings`` were; ``peers`` are what other scanners wrote."""

    osv: Path
    image: ImageName | None
    findings: Path | None
    peers: tuple[Path, ...]
    every: bool
    json: Path | None


def parse_options(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Parse the command line. Ends the process on an error."""
    parser = _parser(environment.get("OSV_BASE", ""))
    given = parser.parse_args(arguments)
    if not given.osv:
        parser.error("--osv is needed: the folder with the advisories, as ECOSYSTEM/all.zip")
    return Options(
        osv=_folder(given.osv),
        image=given.image,
        findings=given.findings,
        peers=tuple(given.peers),
        every=given.every,
        json=given.json,
    )


def _parser(osv: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy",
        description="Compare our findings with those of other scanners on one image, and explain each difference.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "peers", nargs="+", type=Path, metavar="FILE", help="the JSON of Trivy, Grype or OSV-Scanner on the same image"
    )
    parser.add_argument(
        "--osv", type=_folder, default=osv, metavar="FOLDER", help="the advisories, as ECOSYSTEM/all.zip (or OSV_BASE)"
    )
    ours = parser.add_mutually_exclusive_group(required=True)
    ours.add_argument(
        "--image",
        type=_image,
        metavar="HOST/REPOSITORY:TAG",
        help="scan this image of a registry without authentication now",
    )
    ours.add_argument(
        "--findings",
        type=Path,
        metavar="FILE",
        help="our answer to GET /api/images/REGISTRY/DIGEST/findings; without our list of packages some differences "
        "cannot be explained",
    )
    parser.add_argument("--every", action="store_true", help="print every difference, not only the unexplained ones")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and differences there as well")
    return parser


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return Path(text).resolve()


def _image(text: str) -> ImageName:
    try:
        return parse_image_name(text)
    except InvalidReference as error:
        raise argparse.ArgumentTypeError(str(error)) from error
