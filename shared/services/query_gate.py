"""Decide whether a pipeline may go on with an image, or with an index and so with all its images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from shared.domain import image, image_index
from shared.domain.exploits import ExploitSignals
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.findings import Report
from shared.domain.gate import Decision, GatePolicy, GateVerdict, ImageVerdict, Leniency, judge_image, judge_together
from shared.domain.image_health import judge, rules_for
from shared.domain.image_index import IndexState
from shared.domain.references import ImageId
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream, index_stream
from shared.projections.plan import PlanReader
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
from shared.services.known_registries import KnownRegistries
from shared.storage.documents import DocumentStore


@dataclass(frozen=True)
class QueryGate:
    """Asks the log itself: no projection that is behind can let an image pass."""

    log: EventLog
    registries: KnownRegistries
    rules: RuleReader
    reports: DocumentStore[Report]
    plan: PlanReader
    now: Clock
    signals: Callable[[None], ExploitSignals]

    def __call__(self, about: ImageId, policy: GatePolicy) -> GateVerdict:
        """Return the verdict; what nobody has heard of yet is pending. Raise ScanFailure for a foreign registry."""
        if not self.registries.allowed(about.registry):
            reason = f"registry {about.registry} is not watched: add its login server to REGISTRIES"
            raise ScanFailure(FailureReason.REGISTRY_NOT_ALLOWED, reason)
        return self._with_plan(self._verdict(about, policy), policy)

    def _with_plan(self, verdict: GateVerdict, policy: GatePolicy) -> GateVerdict:
        """Let nothing pass, and nothing wait, on what was known before the plan was turned off."""
        notice = self.plan().notice
        if not notice or verdict.verdict is Decision.FAILED or Leniency.NOT_ASSESSED in policy.allow:
            return verdict
        reason = "; ".join(filter(None, (f"not-assessed: {notice}", verdict.reason)))
        return GateVerdict(Decision.FAILED, reason, verdict.images)

    def _verdict(self, about: ImageId, policy: GatePolicy) -> GateVerdict:
        found = image_index.fold(self.log.load(index_stream(about.registry, about.digest)).events)
        if found.version == 0:
            return judge_together([self._image(about, policy)])
        return self._index(about, found, policy)

    def _index(self, about: ImageId, found: IndexState, policy: GatePolicy) -> GateVerdict:
        if found.open_scans:
            return GateVerdict(Decision.PENDING, "the images of the index are not known yet", ())
        if found.deleted:
            return GateVerdict(Decision.PENDING, "the index was deleted, and no push of it is known since", ())
        if found.failure is not None or found.images is None:
            reason = found.failure.message if found.failure else "the index was never read"
            passes = Leniency.NOT_ASSESSED in policy.allow
            return GateVerdict(Decision.PASSED if passes else Decision.FAILED, f"not-assessed: {reason}", ())
        digests = dict.fromkeys(one.digest for one in found.images)
        return judge_together(self._image(ImageId(about.registry, digest), policy) for digest in digests)

    def _image(self, about: ImageId, policy: GatePolicy) -> ImageVerdict:
        state = image.fold(self.log.load(image_stream(about)).events)
        now = self.now()
        name = state.last_scan.event.report if state.last_scan else ""
        active = rules_for(about, state, self.rules.book().active(now))
        judged = judge(self.reports.load(name) if name else None, active)
        return judge_image(about.digest, state, judged, policy, now.astimezone(UTC).date(), self.signals(None))
