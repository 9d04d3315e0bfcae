"""What importing an OpenVEX document changes of the rules: an edition makes, edits and withdraws those of its own.

A rule's id follows from the document, what it was imported for, and the claim; a rule that was withdrawn is followed by
one with the next number. What a person has changed or withdrawn since is left to that person, but for what the document
no longer says: that counts again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import count
from typing import NamedTuple

import msgspec

from shared.domain import rule_book
from shared.domain.criteria import Criteria
from shared.domain.events import DomainEvent, FindingDisabled, FindingEnabled, RecordedEvent
from shared.domain.openvex import Claim, Mapped, Skipped, VexDocument, mapped, reason_of, told_of
from shared.domain.rules import Rule, RuleScope

_CAUSE = "openvex"


class DocumentOutdated(Exception):
    """A later version of the document was imported already."""


class VexAction(StrEnum):
    """What becomes of a rule."""

    MADE = "made"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


class VexChange(msgspec.Struct, frozen=True, rename="camel"):
    """What becomes of one rule."""

    action: VexAction
    rule_id: str
    scope: RuleScope
    criteria: Criteria
    reason: str


class VexPlan(NamedTuple):
    """The events that bring the rules in line with a document, what becomes of each rule, and what is left out."""

    events: tuple[DomainEvent, ...]
    changes: tuple[VexChange, ...]
    skipped: tuple[Skipped, ...]


class _Rules(NamedTuple):
    """The rules as they are, the last event of each, and the prefix of those of the document."""

    book: Mapping[str, Rule]
    last: Mapping[str, RecordedEvent]
    prefix: str

    def by_import(self, rule_id: str) -> bool:
        return self.last[rule_id].meta.cause.startswith(f"{_CAUSE}:")


def cause_of(document: VexDocument, within: RuleScope) -> str:
    """Name the import of a version of a document, as the cause of its events."""
    return f"{_CAUSE}:{_prefix(document, within)}:{document.version}"


def plan_import(
    document: VexDocument, within: RuleScope, events: Sequence[RecordedEvent], said: Mapped | None = None
) -> VexPlan:
    """Plan an import into the stream of rules, whose events are given; raise DocumentOutdated.

    ``said`` is what follows from the document, where that is known already.
    """
    _check_version(document, within, events)
    last = {one.event.rule_id: one for one in events if isinstance(one.event, FindingDisabled | FindingEnabled)}
    rules = _Rules(rule_book.fold(events).rules, last, _prefix(document, within))
    wanted, left_out = said or mapped(document, within)
    skipped = list(left_out)
    planned: list[tuple[DomainEvent | None, VexChange]] = []
    kept: set[str] = set()
    for claim, scope, criteria in wanted:
        rule_id, by_hand = _id(rules, claim)
        if by_hand:
            skipped.append(told_of(claim, f"rule {rule_id} was {by_hand} by {last[rule_id].meta.actor} since"))
        else:
            planned.append(_kept_or_written(rules, rule_id, claim, scope, criteria, document))
        kept.add(rule_id)
    planned += _withdrawn(rules, kept, document)
    made = tuple(event for event, _ in planned if event is not None)
    return VexPlan(made, tuple(change for _, change in planned), tuple(skipped))


def _check_version(document: VexDocument, within: RuleScope, events: Iterable[RecordedEvent]) -> None:
    start = f"{_CAUSE}:{_prefix(document, within)}:"
    known = [int(one.meta.cause.removeprefix(start)) for one in events if one.meta.cause.startswith(start)]
    if max(known, default=0) > document.version:
        told = f"version {max(known)} of {document.id} was imported already"
        raise DocumentOutdated(f"{told}: this is version {document.version}")


def _id(rules: _Rules, claim: Claim) -> tuple[str, str]:
    """Return the id of a claim's rule, and what a person did with it, if anything."""
    first = f"{rules.prefix}-{_hash(*claim.key)}"
    for number in count(1):
        rule_id = first if number == 1 else f"{first}-{number}"
        rule = rules.book.get(rule_id)
        if rule is None:
            return rule_id, ""
        if not rules.by_import(rule_id):
            return rule_id, "withdrawn" if rule.removed else "changed"
        if rule.removed is None:
            return rule_id, ""
    raise AssertionError("there is no end to numbers")


def _kept_or_written(
    rules: _Rules, rule_id: str, claim: Claim, scope: RuleScope, criteria: Criteria, document: VexDocument
) -> tuple[DomainEvent | None, VexChange]:
    reason = reason_of(claim, document)
    rule = rules.book.get(rule_id)
    # Each edition names itself in the reasons: that alone is no change of what it says.
    if rule and (rule.scope, rule.criteria, _why(rule.reason)) == (scope, criteria, _why(reason)):
        return None, VexChange(VexAction.UNCHANGED, rule_id, scope, criteria, rule.reason)
    revision = rule.revision + 1 if rule else 1
    event = FindingDisabled(rule_id, scope, criteria, reason, document.author, revision=revision)
    return event, VexChange(VexAction.CHANGED if rule else VexAction.MADE, rule_id, scope, criteria, reason)


def _withdrawn(rules: _Rules, kept: set[str], document: VexDocument) -> Iterable[tuple[DomainEvent, VexChange]]:
    reason = f"no longer said by OpenVEX {document.id} version {document.version}"
    for rule_id, rule in rules.book.items():
        if rule_id.startswith(f"{rules.prefix}-") and rule_id not in kept and rule.removed is None:
            change = VexChange(VexAction.REMOVED, rule_id, rule.scope, rule.criteria, reason)
            yield FindingEnabled(rule_id, reason, document.author), change


def _why(reason: str) -> str:
    return reason.rpartition(" (OpenVEX ")[0]


def _prefix(document: VexDocument, within: RuleScope) -> str:
    return f"{_CAUSE}-{_hash(document.id, within.registry or '', within.repository or '')}"


def _hash(*parts: str) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]
