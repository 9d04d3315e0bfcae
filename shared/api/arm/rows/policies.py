"""Rows of disable rules (table ``policyresources``): each as a policy assignment that exempts findings.

Azure keeps such rules in ``properties.metadata.subAssessmentSettings`` of an assignment and does not publish how; the
filters here are written as in the API of standard assignments (Microsoft.Security 2024-08-01).
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.api.arm.facts import Json
from shared.api.arm.rows.row import row
from shared.api.arm.times import seven_digits
from shared.domain.rules import Rule
from shared.services.query_estate import Estate


def policy_rows(estate: Estate) -> Iterator[Json]:
    """Yield a row for each rule in force."""
    scope = f"/subscriptions/{estate.subscription_id}"
    for rule in estate.rules:
        yield row(
            "microsoft.authorization/policyassignments",
            f"{scope}/providers/Microsoft.Authorization/policyAssignments/{rule.id}",
            rule.id,
            _properties(rule, scope),
            subscription=estate.subscription_id,
        )


def _properties(rule: Rule, scope: str) -> Json:
    return {
        "displayName": f"Disabled findings: {rule.reason}",
        "description": rule.reason,
        "scope": scope,
        "notScopes": [],
        "enforcementMode": "Default",
        "parameters": {},
        "metadata": {
            "createdBy": rule.author,
            "createdOn": seven_digits(rule.created),
            "expiresOn": seven_digits(rule.expires),
            "subAssessmentSettings": {"filters": [{"allOf": [*_criteria(rule), *_scope(rule)]}]},
        },
    }


def _criteria(rule: Rule) -> Iterator[Json]:
    if rule.criteria.cves:
        yield _one_of("va.cve.cveId", rule.criteria.cves)
    if rule.criteria.finding_ids:
        yield _one_of("va.finding.id", rule.criteria.finding_ids)
    if rule.criteria.severity_below is not None:
        value = rule.criteria.severity_below.capitalize()
        yield {"field": "va.cve.severity", "operationType": "LessThanFilterOperation", "operation": {"value": value}}


def _scope(rule: Rule) -> Iterator[Json]:
    for name in ("registry", "repository", "digest"):
        if value := getattr(rule.scope, name):
            yield _one_of(f"va.image.{name}", (value,))


def _one_of(field: str, values: tuple[str, ...]) -> Json:
    operation = {"values": [{"title": value} for value in values]}
    return {"field": field, "operationType": "ContainedInOperation", "operation": operation}
