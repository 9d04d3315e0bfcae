"""Carry out a scan that was requested: ask the log whether it is still open, scan, and append the answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from shared.domain import image, image_decisions
from shared.domain.events import Outcome, ScanCompleted, ScanFailed
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.image import ImageState, OpenScan
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import ScanMessage
from shared.domain.registry_activity import RegistryPush
from shared.domain.stored_names import IMAGE_STREAM, INDEX_STREAM
from shared.eventlog.interface import Command, EventLog, LimitExceeded, StreamName
from shared.eventlog.streams import image_of
from shared.eventlog.transact import Transactor
from shared.projections.plan import PlanReader
from shared.services.commands import Clock, command
from shared.services.pull_image import NotAnImage
from shared.services.record_push import RecordPush
from shared.services.resolve_index import ResolveIndex
from shared.services.scan_image import ScanImage
from shared.trace import traced

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunScan:
    """Works off the queue ``scans``; every message may come twice, or after its scan has ended."""

    log: EventLog
    transactor: Transactor
    scan_image: ScanImage
    resolve_index: ResolveIndex
    record_push: RecordPush
    plan: PlanReader
    now: Clock

    def __call__(self, message: ScanMessage, *, last_attempt: bool) -> None:
        """Scan an image or resolve an index. A failure that may pass raises ScanFailure until the last attempt."""
        with traced(correlation_id=message.correlation_id, stream=message.stream, scan_id=message.scan_id):
            self._run(message, last_attempt)

    def _run(self, message: ScanMessage, last_attempt: bool) -> None:
        name = StreamName.parse(message.stream)
        try:
            self._check_plan()
            if name.kind == IMAGE_STREAM:
                self._image(name, message.scan_id)
            elif name.kind == INDEX_STREAM:
                self.resolve_index(name, message.scan_id)
            else:
                _log.error("message for stream %s: only images and indexes are scanned", name)
        except ScanFailure as failure:
            if failure.retryable and not last_attempt:
                raise
            _log.warning("scan %s of %s failed: %s: %s", message.scan_id, name, failure.reason, failure.message)
            self.fail(message, failure)

    def fail(self, message: ScanMessage, failure: ScanFailure) -> None:
        """Append that a scan could not be finished, unless it has ended."""
        name = StreamName.parse(message.stream)
        failed = ScanFailed(scan_id=message.scan_id, reason=failure.reason, message=failure.message[:1000])
        if name.kind == INDEX_STREAM:
            self.resolve_index.fail(name, failed)
            return
        scan = image.fold(self.log.load(name).events).open_scans.get(message.scan_id)
        if scan is not None:
            told = self._ended(scan)
            self.transactor.run(name, image.fold, told, lambda state: image_decisions.fail_scan(state, failed))

    def give_up(self, message: ScanMessage) -> None:
        """Append that a scan died at every attempt (its message went to the poison queue)."""
        self.fail(
            message,
            ScanFailure(FailureReason.ATTEMPTS_EXHAUSTED, "the scanner died or was stopped at every attempt"),
        )

    def _image(self, name: StreamName, scan_id: str) -> None:
        state = image.fold(self.log.load(name).events)
        scan = state.open_scans.get(scan_id)
        if scan is None:
            _log.info("scan %s of %s has ended already", scan_id, name)
            return
        # A message that was sent again, or by an older version, does not know what its scan belongs to.
        with traced(correlation_id=scan.correlation_id):
            self._scan(name, state, scan)

    def _scan(self, name: StreamName, state: ImageState, scan: OpenScan) -> None:
        _log.info("scan begins: %s", scan.trigger)
        try:
            completed = self.scan_image(image_of(name), scan, state.last_scan)
        except NotAnImage as found:
            completed = self._index_found(name, state, scan, str(found))
        self._check_plan()  # it may have been turned off meanwhile, and an answer may cost something
        told = self._ended(scan)
        try:
            self.transactor.run(name, image.fold, told, lambda state: image_decisions.complete_scan(state, completed))
        except LimitExceeded as error:
            raise ScanFailure(
                FailureReason.LIMIT_EXCEEDED, f"the answer does not fit into an event: {error}"
            ) from error
        _log.info("scan ended: %s, report %s", completed.outcome, completed.report or "none")

    def _check_plan(self) -> None:
        if notice := self.plan().notice:
            raise ScanFailure(FailureReason.PLAN_OFF, f"{notice}: the image is scanned once it is on again")

    def _index_found(self, name: StreamName, state: ImageState, scan: OpenScan, reason: str) -> ScanCompleted:
        """Record an index that was announced without saying so under its own name; its images are scanned then."""
        found = image_of(name)
        for repository in state.present_repositories:
            use = state.repositories[repository]
            for tag in use.current_tags or (None,):
                since = use.tags[tag].since if tag else use.pushed_at
                self.record_push(
                    RegistryPush(
                        event_id=f"{scan.scan_id}-{repository}:{tag or ''}",
                        registry=found.registry,
                        repository=repository,
                        digest=found.digest,
                        tag=tag,
                        media_type=OCI_INDEX,
                        at=since or self.now(),
                        actor="scanner",
                    )
                )
        return ScanCompleted(
            scan_id=scan.scan_id,
            trigger=scan.trigger,
            outcome=Outcome.ARTIFACT,
            charged=False,
            repository=scan.repository,
            reason=reason,
        )

    def _ended(self, scan: OpenScan) -> Command:
        # The content is the scan alone: whoever ends it first has ended it, whatever the second would have said.
        return command(
            f"ended-{scan.scan_id}",
            scan.scan_id,
            at=self.now(),
            actor="scanner",
            cause=scan.scan_id,
            correlation_id=scan.correlation_id,
        )
