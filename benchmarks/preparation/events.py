"""A log of many events over the storage emulator, written past the event log: in transactions as full as they may be.

What is written is what appends would have written, row for row, but for the transactions: one for each stream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from shared.domain.events import DomainEvent, ImageTagged, Outcome, ScanCompleted, ScanRequested, ScanSummary, Trigger
from shared.domain.findings import AffectedPackage, Coverage, Finding, FixStatus, Report, finding_id
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.packages import Distribution, Package, Platform
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.domain.stored_names import EVENTS_TABLE, REPORTS_CONTAINER, STREAMS_TABLE
from shared.eventlog import rows
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import Command, Stream
from shared.eventlog.streams import image_stream
from shared.storage.account import StorageAccount, load_sdk
from shared.storage.blobs import BlobContainer
from shared.storage.documents import DocumentStore
from shared.storage.tables import Table

EVENTS_OF_A_STREAM = 20
_REPORTS = 20  # in all: many images have theirs in common
_FINDINGS = 50  # in each
_STARTED = datetime(2026, 1, 5, tzinfo=UTC)
_WRITERS = 4


def write_events(storage: str, streams: int) -> None:
    """Write streams of a push and of weekly rescans, 20 events each, where they are not there yet."""
    load_sdk()
    account = StorageAccount(connection_string=storage)
    events = Table(account, EVENTS_TABLE)
    directory = StreamDirectory(Table(account, STREAMS_TABLE))
    reports = [_save_report(account, number) for number in range(_REPORTS)]
    for table in (events, directory.table):
        table.open()
    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(partial(_write_stream, events, directory, reports), range(streams)))


def image_number(number: int) -> ImageId:
    """Name an image of the log; the digests are spread as real ones are."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return ImageId(f"registry{number % 4}.example", f"sha256:{digest}")


def _write_stream(events: Table, directory: StreamDirectory, reports: list[str], number: int) -> None:
    name = image_stream(image_number(number))
    directory.add(name)
    stream = Stream(name=name, version=0, events=())
    written: list[rows.Row] = []
    for step, (command, appended) in enumerate(_commands(number, reports[number % len(reports)])):
        at = _STARTED + timedelta(days=7 * (step // 2), minutes=step)
        (marker, head, *new), recorded = rows.build(stream, command, appended, at)
        stream = Stream(name, stream.version + len(new), recorded, "", head["tip"], at)
        written = [*[row for row in written if row["RowKey"] != head["RowKey"]], head, marker, *new]
    events.client.submit_transaction([("create", row) for row in written])


def _commands(number: int, report: str) -> Iterator[tuple[Command, list[DomainEvent]]]:
    tagged = ImageTagged(f"team/app{number % 500}", f"v{number}", DOCKER_MANIFEST)
    yield _command("push"), [tagged, ScanRequested("push", tagged.repository, Trigger.PUSH)]
    yield _command("push-done"), [_completed("push", tagged.repository, report, charged=True)]
    for week in range((EVENTS_OF_A_STREAM - 3) // 2):
        scan = f"rescan-{week}"
        yield _command(scan), [ScanRequested(scan, tagged.repository, Trigger.RESCAN)]
        yield _command(f"{scan}-done"), [_completed(scan, tagged.repository, report, charged=False)]
    yield _command("asked"), [ScanRequested("asked", tagged.repository, Trigger.MANUAL)]


def _completed(scan_id: str, repository: str, report: str, *, charged: bool) -> ScanCompleted:
    return ScanCompleted(
        scan_id,
        Trigger.RESCAN,
        Outcome.ASSESSED,
        charged,
        repository,
        platform=Platform("linux", "amd64"),
        distribution=Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        report=report,
        inventory=report,
        advisory_snapshot="2026-11-22",
        reader_version="1",
        summary=ScanSummary({"critical": 0, "high": 0}, 0, 96, ()),
    )


def _save_report(account: StorageAccount, number: int) -> str:
    store = DocumentStore(BlobContainer(account, REPORTS_CONTAINER), Report)
    findings = tuple(_finding(number, flaw) for flaw in range(_FINDINGS))
    return store.save(Report(findings, Coverage(("Debian:12",), ()), 96))


def _finding(number: int, flaw: int) -> Finding:
    name, version = f"package{flaw // 2}", f"1.{number}-1"
    purl = f"pkg:deb/debian/{name}@{version}?distro=debian-12"
    package = Package(name, version, "Debian", purl, "var/lib/dpkg/status", f"sha256:{number:064x}")
    cve = f"CVE-2026-{number:02d}{flaw:04d}"
    return Finding(
        id=finding_id(cve, package),
        cve=cve,
        advisory=f"DEBIAN-{cve}",
        aliases=(),
        package=AffectedPackage.of(package),
        severity=Severity.HIGH,
        ratings=(),
        cvss=None,
        published=None,
        fixed_version="2.0-1",
        fix_status=FixStatus.FIXED,
        remediation=f"upgrade {name} to 2.0-1",
        references=(),
    )


def _command(cause: str) -> Command:
    return Command(cause, cause.encode(), _STARTED, "benchmark", cause, cause)
