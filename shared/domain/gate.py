"""Whether a pipeline may go on with an image: a policy, and the verdict that it leads to. It fails closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from shared.domain.events import Outcome
from shared.domain.exploits import NOTHING, Exploit, ExploitSignals, NoSignals, missing_signals, urgency
from shared.domain.findings import Finding, FixStatus
from shared.domain.image import ImageState
from shared.domain.image_health import JudgedFinding, what_is_left_open, why_unanswered
from shared.domain.severity import Severity

_NO_SIGNALS = NoSignals()
_MOST_FINDINGS = 20  # of one image that are listed; all are counted
_HAS_NO_FIX = (FixStatus.NOT_FIXED, FixStatus.WILL_NOT_FIX)


class Decision(StrEnum):
    """What a gate says; ``pending`` is to be asked again."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"


class Leniency(StrEnum):
    """What a gate may let pass although nothing good is known of it: only if a policy says so."""

    UNKNOWN = "unknown"
    NOT_ASSESSED = "not-assessed"
    UNSUPPORTED = "unsupported"


class GatePolicy(msgspec.Struct, frozen=True):
    """The highest severity that may pass, whether only findings with a fix count, and what else may pass.

    These loosen: one that is not given is the strictest. ``fail_exploited`` and ``epss_from`` stop besides what is
    known to be exploited, or likely to be, whatever its severity and whether or not it has a fix.
    """

    most: Severity = Severity.NEGLIGIBLE
    fixable_only: bool = False
    allow: frozenset[Leniency] = frozenset()
    fail_exploited: bool = False
    epss_from: float | None = None

    def missing(self, signals: ExploitSignals) -> str:
        """Say which signals are asked for and not at hand; nothing where none is."""
        return missing_signals(signals, kev=self.fail_exploited, epss=self.epss_from is not None)

    def stops(self, finding: Finding, exploit: Exploit = NOTHING) -> bool:
        """Say whether an open finding is one too many; one that could not be decided is taken for a hit."""
        return self._stops_exploited(exploit) or self._stops_severity(finding)

    def _stops_exploited(self, exploit: Exploit) -> bool:
        likely = self.epss_from is not None and exploit.epss is not None and exploit.epss >= self.epss_from
        return likely or (self.fail_exploited and exploit.kev is not None)

    def _stops_severity(self, finding: Finding) -> bool:
        if self.fixable_only and finding.fix_status in _HAS_NO_FIX:
            return False
        if finding.severity is Severity.UNKNOWN:  # it may be anything
            return self.most is not Severity.CRITICAL and Leniency.UNKNOWN not in self.allow
        return finding.severity.rank < self.most.rank


class StoppingFinding(msgspec.Struct, frozen=True, rename="camel"):
    """A finding that a gate did not let pass."""

    id: str
    flaw: str
    package: str
    version: str
    severity: Severity
    fixed_version: str | None


class ImageVerdict(msgspec.Struct, frozen=True, rename="camel"):
    """What a gate says of one image; the worst of the findings that stop it are listed, all are counted."""

    digest: str
    platform: str
    verdict: Decision
    reason: str
    severities: dict[Severity, int]
    findings: tuple[StoppingFinding, ...]


class GateVerdict(msgspec.Struct, frozen=True, rename="camel"):
    """What a gate says of an image, or of all images of an index."""

    verdict: Decision
    reason: str
    images: tuple[ImageVerdict, ...]


def judge_image(
    digest: str,
    state: ImageState,
    judged: Sequence[JudgedFinding],
    policy: GatePolicy,
    on: date,
    signals: ExploitSignals = _NO_SIGNALS,
) -> ImageVerdict:
    """Decide on an image in a state on a day (UTC), given its last scan's findings. Disabled ones do not count."""
    still_open = [one.finding for one in judged if one.disabled_by is None]
    stopping = [finding for finding in still_open if policy.stops(finding, signals.of(finding))]
    stopping.sort(key=lambda finding: urgency(finding, signals.of(finding)))
    decision, reason = _decide(state, stopping, policy, on, policy.missing(signals))
    scan = state.last_scan
    return ImageVerdict(
        digest=digest,
        platform=str(scan.event.platform) if scan and scan.event.platform else "",
        verdict=decision,
        reason=reason,
        severities=dict(sorted(Counter(one.severity for one in stopping).items(), key=lambda item: item[0].rank)),
        findings=tuple(_shown(one) for one in stopping[:_MOST_FINDINGS]),
    )


def judge_together(images: Iterable[ImageVerdict]) -> GateVerdict:
    """Decide on an index: one image that fails is enough, and every one must pass. An index of none fails."""
    verdicts = tuple(images)
    if not verdicts:
        return GateVerdict(Decision.FAILED, "not-assessed: the index names no image", ())
    for decision in (Decision.FAILED, Decision.PENDING, Decision.PASSED):
        said = [one for one in verdicts if one.verdict is decision]
        if said:
            reason = "; ".join(dict.fromkeys(one.reason for one in said if one.reason))
            return GateVerdict(decision, reason, verdicts)
    raise AssertionError("a verdict is one of three")


def _decide(
    state: ImageState, stopping: Sequence[Finding], policy: GatePolicy, on: date, missing: str
) -> tuple[Decision, str]:
    scan = state.last_scan
    waiting = _what_to_wait_for(state)
    if waiting:
        return Decision.PENDING, waiting
    if scan is None or (state.last_failure is not None and scan.event.outcome is not Outcome.ASSESSED):
        return _unless(Leniency.NOT_ASSESSED, policy, why_unanswered(state))
    if scan.event.outcome is not Outcome.ASSESSED:
        return _unless(Leniency.UNSUPPORTED, policy, scan.event.reason)
    if stopping:
        return Decision.FAILED, _too_many(len(stopping), policy)
    if missing:  # nobody can tell that nothing is exploited, and no leniency is for that
        return Decision.FAILED, f"exploit signals are asked for: {missing}"
    left_open = what_is_left_open(state, scan, on)
    return _unless(Leniency.NOT_ASSESSED, policy, left_open) if left_open else (Decision.PASSED, "")


def _what_to_wait_for(state: ImageState) -> str:
    """Say what is still to come, if anything: also what was deleted may just have been pushed again."""
    if state.version == 0:
        return "no push of the image is known yet"
    if state.deleted:
        return "the image was deleted, and no push of it is known since"
    return "a scan is not finished" if state.open_scans else ""


def _unless(leniency: Leniency, policy: GatePolicy, reason: str) -> tuple[Decision, str]:
    decision = Decision.PASSED if leniency in policy.allow else Decision.FAILED
    return decision, f"{leniency}: {reason}"


def _too_many(count: int, policy: GatePolicy) -> str:
    fixable = " that are not without a fix" if policy.fixable_only else ""
    exploited = ", or known to be exploited" if policy.fail_exploited else ""
    likely = f", or of an EPSS score of at least {policy.epss_from}" if policy.epss_from is not None else ""
    severity = f"of severity above {policy.most} or unknown{fixable}"
    return f"{count} open finding{'' if count == 1 else 's'} {severity}{exploited}{likely}"


def _shown(finding: Finding) -> StoppingFinding:
    return StoppingFinding(
        id=finding.id,
        flaw=finding.cve or finding.advisory,
        package=finding.package.name,
        version=finding.package.version,
        severity=finding.severity,
        fixed_version=finding.fixed_version,
    )
