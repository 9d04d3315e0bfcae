"""Disable rules as the native API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from shared.api.errors import bad_request
from shared.domain.events import FindingDisabled
from shared.domain.references import InvalidReference, parse_digest, parse_registry, parse_repository
from shared.domain.rules import Criteria, Rule, RuleScope
from shared.domain.severity import Severity

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Names = Annotated[list[_Name], msgspec.Meta(max_length=500)]


class NewCriteria(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What findings must meet to be disabled: every criterion that is given."""

    cves: _Names = []
    finding_ids: _Names = []
    severity_below: Severity | None = None


class NewScope(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Where a rule holds: everywhere, or in what is named."""

    registry: _Name | None = None
    repository: _Name | None = None
    digest: _Name | None = None


class NewRule(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of ``POST /api/rules``."""

    criteria: NewCriteria
    reason: _Text
    scope: NewScope = msgspec.field(default_factory=NewScope)
    author: _Text | None = None
    expires: datetime | None = None


def parse_new_rule(body: bytes, rule_id: str, caller: str) -> FindingDisabled:
    """Read the body of ``POST /api/rules``; raise ApiError 400. ``caller`` is the author unless one is named."""
    try:
        wire = msgspec.json.decode(body, type=NewRule)
        scope = RuleScope(
            registry=parse_registry(wire.scope.registry) if wire.scope.registry else None,
            repository=parse_repository(wire.scope.repository) if wire.scope.repository else None,
            digest=parse_digest(wire.scope.digest) if wire.scope.digest else None,
        )
    except (msgspec.MsgspecError, InvalidReference, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("rule", str(error)) from error
    if wire.expires is not None and wire.expires.tzinfo is None:
        raise bad_request("expires", "must have a time zone, such as the Z in 2026-12-31T00:00:00Z")
    criteria = Criteria(tuple(wire.criteria.cves), tuple(wire.criteria.finding_ids), wire.criteria.severity_below)
    return FindingDisabled(
        rule_id=rule_id,
        scope=scope,
        criteria=criteria,
        reason=wire.reason,
        author=wire.author or caller,
        expires=wire.expires,
    )


def rule_body(rule: Rule, now: datetime) -> dict[str, Any]:
    """Give a rule with its state."""
    return {**msgspec.to_builtins(rule), "state": rule.state(now)}
