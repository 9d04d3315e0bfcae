"""``scan``: ask for a scan, and wait for it where that is wanted."""

from __future__ import annotations

import argparse
import uuid
from time import monotonic, sleep
from typing import TYPE_CHECKING

import msgspec

from cli.caller import caller
from cli.interface import Command, CommandFailed, Exit, Session
from cli.options import at_least_one
from cli.progress import reading
from cli.text import plain

if TYPE_CHECKING:
    from shared.services.query_scan import ScanStatus
    from shared.services.request_scan import RequestedScan

_POLL_SECONDS = 1.0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="REGISTRY/REPOSITORY[:TAG|@DIGEST]", help="what to scan (default tag: latest)")
    parser.add_argument("--wait", action="store_true", help="wait until the scan has ended")
    parser.add_argument(
        "--timeout", type=at_least_one, default=900, metavar="SECONDS", help="how long at most (default: %(default)s)"
    )


def _run(session: Session) -> Exit:
    from shared.api.scans import parse_wanted_scan, scan_body

    wanted = parse_wanted_scan(_request(session.asked.image), str(uuid.uuid4()), caller())
    requested = session.app.request_scan.on_demand(wanted)
    if not session.asked.wait:
        session.answer(scan_body(requested, ""), lambda: _print_requested(session, requested))
        return Exit.OK
    with reading(session, "Scanning"):
        ended = _ended(session, requested)
    session.answer(ended, lambda: _print_ended(session, ended))
    return Exit.OK if ended.status == "completed" else Exit.PROBLEM


def _request(image: str) -> bytes:
    """Make the request of the HTTP API of what an image is called to be pulled."""
    registry, _, rest = image.partition("/")
    repository, separator, reference = rest.partition("@")
    if not separator:
        repository, _, reference = rest.partition(":")
    return msgspec.json.encode({"registry": registry, "repository": repository, "reference": reference or "latest"})


def _ended(session: Session, requested: RequestedScan) -> ScanStatus:
    from shared.domain.references import ImageId

    about = ImageId(requested.registry, requested.digest)
    deadline = monotonic() + session.asked.timeout
    while True:
        status = session.app.query_scan(about, requested.scan_id)
        if status is not None and status.status != "running":
            return status
        if monotonic() > deadline:
            raise CommandFailed(
                f"scan {requested.scan_id} of {plain(about.digest)} still runs: look for it in `status`, or wait longer"
            )
        sleep(_POLL_SECONDS)


def _print_requested(session: Session, requested: RequestedScan) -> None:
    session.say(f"Scan {requested.scan_id} of {requested.registry} {requested.digest} is asked for.")


def _print_ended(session: Session, ended: ScanStatus) -> None:
    reason = f": {plain(ended.reason)}" if ended.reason else "."
    session.say(f"Scan {ended.id} of {ended.registry} {ended.digest} is {ended.status}{reason}")
    for digest in ended.images if ended.status == "completed" else ():
        session.say(f"See `image {ended.registry} {digest}`.")


COMMAND = Command(
    "scan",
    "ask for a scan of what a tag or digest names now",
    "Ask for a scan, as POST /api/scans does; the function app carries it out. With --wait the exit status is 1 where\n"
    "the scan failed or took too long; whether the image is well, `image` says. An index is done when its images are\n"
    "known, each of which is then scanned.",
    _arguments,
    _run,
)
