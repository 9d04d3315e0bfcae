"""Disable rules as the native API takes and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from shared.api.errors import bad_request
from shared.domain.criteria import Category, Criteria, PackageCriterion
from shared.domain.events import TYPE_NAMES, FindingDisabled, RecordedEvent
from shared.domain.findings import FixStatus
from shared.domain.package_urls import InvalidPackageUrl, parse_purl
from shared.domain.references import InvalidReference, parse_digest, parse_registry, parse_repository
from shared.domain.rules import Rule, RuleScope
from shared.domain.severity import Severity

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Names = Annotated[tuple[_Name, ...], msgspec.Meta(max_length=500)]
_Score = Annotated[float, msgspec.Meta(gt=0, le=10)]
_Probability = Annotated[float, msgspec.Meta(gt=0, le=1)]


class NamedPackage(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A package, in one version only if that is given."""

    name: _Name
    version: _Name | None = None


class NewCriteria(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What findings and their images must meet: every criterion that is given, any value of a list."""

    cves: _Names = ()
    finding_ids: _Names = ()
    severity_below: Severity | None = None
    packages: Annotated[tuple[NamedPackage, ...], msgspec.Meta(max_length=500)] = ()
    category: Category | None = None
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""
    cvss_below: _Score | None = None
    fix_statuses: Annotated[tuple[FixStatus, ...], msgspec.Meta(max_length=10)] = ()
    digests: _Names = ()
    repositories: _Names = ()
    tags: _Names = ()
    os_releases: _Names = ()
    purls: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=500)] = ()
    not_exploited: bool = False
    epss_below: _Probability | None = None


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


class ChangedRule(NewRule, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """The body of ``PUT /api/rules/{id}``: a rule, and the revision that it was made from."""

    revision: int


class PreviewedRule(NewRule, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """The body of ``POST /api/rules/preview``: a new rule, or with ``id`` and ``revision`` a change of one."""

    reason: str = "preview"
    id: _Name = "preview"
    revision: int = 0


def parse_new_rule(body: bytes, rule_id: str, caller: str) -> FindingDisabled:
    """Read the body of ``POST /api/rules``; raise ApiError 400. ``caller`` is the author unless one is named."""
    return _rule(_decoded(body, NewRule), rule_id, caller, 1)


def parse_changed_rule(body: bytes, rule_id: str, caller: str) -> FindingDisabled:
    """Read the body of ``PUT /api/rules/{id}``, with the revision that it was made from; raise ApiError 400."""
    wire = _decoded(body, ChangedRule)
    return _rule(wire, rule_id, caller, wire.revision + 1)


def parse_preview(body: bytes, caller: str) -> FindingDisabled:
    """Read the body of ``POST /api/rules/preview``: a rule as for POST, or with ``id`` and ``revision`` as for PUT."""
    wire = _decoded(body, PreviewedRule)
    return _rule(wire, wire.id, caller, wire.revision + 1)


def supposed_rule(wire: NewRule, rule_id: str, caller: str) -> FindingDisabled:
    """Read a rule that is part of another body; raise ApiError 400."""
    return _rule(wire, rule_id, caller, 1)


def _decoded[Wire](body: bytes, of: type[Wire]) -> Wire:
    try:
        return msgspec.json.decode(body, type=of)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("rule", str(error)) from error


def _rule(wire: NewRule, rule_id: str, caller: str, revision: int) -> FindingDisabled:
    try:
        scope = RuleScope(
            registry=parse_registry(wire.scope.registry) if wire.scope.registry else None,
            repository=parse_repository(wire.scope.repository) if wire.scope.repository else None,
            digest=parse_digest(wire.scope.digest) if wire.scope.digest else None,
        )
        criteria = _criteria(wire.criteria)
    except InvalidReference as error:
        raise bad_request("rule", str(error)) from error
    return FindingDisabled(
        rule_id=rule_id,
        scope=scope,
        criteria=criteria,
        reason=wire.reason,
        author=wire.author or caller,
        expires=_expiry(wire.expires),
        revision=revision,
    )


def _expiry(given: datetime | None) -> datetime | None:
    if given is None:
        return None
    if given.tzinfo is None:
        raise bad_request("expires", "must have a time zone, such as the Z in 2026-12-31T00:00:00Z")
    try:
        return given.astimezone(UTC)
    except OverflowError as error:
        raise bad_request("expires", "must be a time from year 1 to 9999 in UTC") from error


def _criteria(wire: NewCriteria) -> Criteria:
    given = msgspec.structs.asdict(wire)
    return Criteria(
        **given
        | {
            "packages": tuple(PackageCriterion(one.name, one.version) for one in wire.packages),
            "digests": tuple(map(parse_digest, wire.digests)),
            "repositories": tuple(map(parse_repository, wire.repositories)),
            "purls": tuple(map(_purl, wire.purls)),
        }
    )


def _purl(text: str) -> str:
    try:
        parse_purl(text)
    except InvalidPackageUrl as error:
        raise bad_request("purls", str(error)) from error
    return text


def rule_body(rule: Rule, now: datetime) -> dict[str, Any]:
    """Give a rule with its state and all criteria, also those that are not used."""
    return {**msgspec.to_builtins(rule), "criteria": criteria_body(rule.criteria), "state": rule.state(now)}


def criteria_body(criteria: Criteria) -> dict[str, Any]:
    """Give all criteria, also those that are not used."""
    return {
        field.encode_name: msgspec.to_builtins(getattr(criteria, field.name))
        for field in msgspec.structs.fields(Criteria)
    }


def newest_first(rule: Rule) -> tuple[float, str]:
    """Give the key that orders a list of rules."""
    return -rule.created.timestamp(), rule.id


def rule_history_body(events: Sequence[RecordedEvent]) -> list[dict[str, Any]]:
    """Give the events of one rule, newest first: how it was made, changed and taken back, when and by whom."""
    return [_entry(one) for one in reversed(events)]


def _entry(one: RecordedEvent) -> dict[str, Any]:
    return {
        "version": one.version,
        "type": TYPE_NAMES[type(one.event)],
        "time": msgspec.to_builtins(one.meta.recorded_at),
        "actor": one.meta.actor,
        "cause": one.meta.cause,
        "data": msgspec.to_builtins(one.event),
    }
