"""Suppositions: a recorded history as it would have been under other rules, and with scans that found other things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from shared.domain import image, rule_book
from shared.domain.events import (
    FindingDisabled,
    FindingEnabled,
    Meta,
    Outcome,
    RecordedEvent,
    ScanCompleted,
    ScanSummary,
)
from shared.domain.exploits import ExploitSignals
from shared.domain.image import ImageState
from shared.domain.image_decisions import complete_scan
from shared.domain.rule_book import RuleNotFound
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix

SUPPOSED_RULE = "what-if"
UNKNOWN_UNTIL_SCANNED = "unknown until scanned"
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)

type Revise = Callable[[ScanCompleted, datetime], ScanCompleted]
"""Gives what a scan that ended at a time would have answered."""


class Supposition(msgspec.Struct, frozen=True, rename="camel"):
    """What is supposed to be otherwise than recorded; nothing where nothing is given.

    ``rule`` has been in force all the time, those of the ids in ``without`` never were. ``readers``: every image was
    read by the readers of this version.
    """

    rule: FindingDisabled | None = None
    without: tuple[str, ...] = ()
    unhealthy_from: Severity | None = None
    support_matrix: SupportMatrix | None = None
    advisory_snapshot: str | None = None
    readers: bool = False

    @property
    def other_scans(self) -> bool:
        """Say whether scans would have answered something else, and not only been judged otherwise."""
        return self.support_matrix is not None or self.other_findings

    @property
    def other_findings(self) -> bool:
        """Say whether inventories are to be matched again."""
        return self.advisory_snapshot is not None or self.readers


def supposed_rules(
    recorded: Sequence[RecordedEvent], supposed: Supposition, until: datetime
) -> Sequence[RecordedEvent]:
    """Return the stream of the rules as it would be; raise RuleNotFound, or InvalidRule for a rule that cannot be."""
    known = rule_book.fold(recorded).rules
    for missing in supposed.without:
        if missing not in known:
            raise RuleNotFound(f"no rule has the id {ascii(missing)[:80]}")
    kept = [one for one in recorded if not _of(one, supposed.without)]
    if supposed.rule is None:
        return kept
    rule_book.preview(rule_book.fold(kept), supposed.rule, until)
    meta = Meta(_BEFORE_ALL, _BEFORE_ALL, supposed.rule.author, SUPPOSED_RULE, SUPPOSED_RULE)
    return [RecordedEvent(0, supposed.rule, meta), *kept]


def adopted_now(
    rules: Sequence[RecordedEvent], supposed: Supposition, signals: ExploitSignals, now: datetime
) -> Sequence[RecordedEvent]:
    """Return the stream of the rules with the signals adopted that the supposed rule asks for, as making it would."""
    told, book = list(rules), rule_book.fold(rules)
    meta = Meta(now, now, SUPPOSED_RULE, SUPPOSED_RULE, SUPPOSED_RULE)
    while supposed.rule and (adopted := rule_book.adopt_signals(book, supposed.rule.criteria, signals)):
        for event in adopted:
            told.append(RecordedEvent(told[-1].version + 1, event, meta))
            book = rule_book.evolve(book, told[-1])
    return told


def decided_again(recorded: Sequence[RecordedEvent], revise: Revise) -> list[RecordedEvent]:
    """Return the stream of an image with other answers of its scans, and with the charge that follows from them."""
    state, again = ImageState(), []
    for one in recorded:
        if isinstance(one.event, ScanCompleted):
            revised = revise(one.event, one.meta.recorded_at)
            decided = complete_scan(state, revised) or [one.event]
            one = msgspec.structs.replace(one, event=decided[0])
        state = image.evolve(state, one)
        again.append(one)
    return again


def unsupported(scan: ScanCompleted, reason: str) -> ScanCompleted:
    """Give the answer of a scan of the same image that was unsupported, as of one that is not read further."""
    return _emptied(scan, Outcome.UNSUPPORTED, reason)


def unknown_until_scanned(scan: ScanCompleted, why: str) -> ScanCompleted:
    """Give the answer of a scan that nobody can tell from what is on record: a gap, which is never healthy."""
    gap = f"{UNKNOWN_UNTIL_SCANNED}: {why}"
    counts = {str(severity): 0 for severity in Severity}
    summary = ScanSummary(severities=counts, undetermined=0, packages=0, gaps=(gap,))
    return msgspec.structs.replace(_emptied(scan, Outcome.ASSESSED, ""), summary=summary)


def is_unknown(scan: ScanCompleted) -> bool:
    """Say whether an answer is one that nobody can tell."""
    return scan.summary is not None and any(gap.startswith(UNKNOWN_UNTIL_SCANNED) for gap in scan.summary.gaps)


def _emptied(scan: ScanCompleted, outcome: Outcome, reason: str) -> ScanCompleted:
    return ScanCompleted(
        scan_id=scan.scan_id,
        trigger=scan.trigger,
        outcome=outcome,
        charged=False,
        repository=scan.repository,
        reason=reason,
        platform=scan.platform,
        reader_version=scan.reader_version,
        layers=scan.layers,
        stated_base=scan.stated_base,
    )


def _of(recorded: RecordedEvent, rules: Sequence[str]) -> bool:
    event = recorded.event
    return isinstance(event, FindingDisabled | FindingEnabled) and event.rule_id in rules
