"""Rows of disable rules (table ``policyresources``): each as a policy assignment that exempts findings.

Azure keeps such rules in ``properties.metadata.subAssessmentSettings`` of an assignment and does not publish how; the
filters here are written as in the API of standard assignments (Microsoft.Security 2024-08-01).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from shared.api.arm.facts import Json
from shared.api.arm.rows.row import row
from shared.api.arm.times import seven_digits
from shared.domain.rules import Rule
from shared.services.query_estate import Estate

# Where the API has a field for a criterion; the others go by the name that they have in ours.
_FIELDS = {"cves": "va.cve.cveId", "severityBelow": "va.cve.severity", "cvssBelow": "va.cve.cvss"}
_BELOW = "Below"


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
            "subAssessmentSettings": {"filters": [{"allOf": [*_filters(rule)]}]},
        },
    }


def _filters(rule: Rule) -> Iterator[Json]:
    for name, value in msgspec.to_builtins(rule.criteria).items():
        if value:
            yield _filter(_FIELDS.get(name, f"va.{name}"), value, below=name.endswith(_BELOW))
    for name, value in msgspec.to_builtins(rule.scope).items():
        if value:
            yield _filter(f"va.scope.{name}", value, below=False)


def _filter(field: str, value: Any, *, below: bool) -> Json:
    if below:
        text = str(value).capitalize()
        return {"field": field, "operationType": "LessThanFilterOperation", "operation": {"value": text}}
    values = value if isinstance(value, list | tuple) else [value]
    operation = {"values": [{"title": one} for one in values]}
    return {"field": field, "operationType": "ContainedInOperation", "operation": operation}
