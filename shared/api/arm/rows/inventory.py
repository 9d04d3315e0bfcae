"""Rows of registries (table ``resources``), subscriptions and resource groups (table ``resourcecontainers``)."""

from __future__ import annotations

from collections.abc import Iterator

from shared.api.arm.facts import Json
from shared.api.arm.rows.row import row
from shared.services.query_estate import Estate


def registry_rows(estate: Estate) -> Iterator[Json]:
    """Yield a row for each registry. Where it is, and of which tier, is not known."""
    for registry in estate.registries:
        found = registry.resource
        yield row(
            "microsoft.containerregistry/registries",
            found.id,
            found.name,
            {"loginServer": found.login_server},
            subscription=found.subscription_id,
            group=found.resource_group,
            location="",
        )


def container_rows(estate: Estate) -> Iterator[Json]:
    """Yield a row for each subscription, whose name is its id as no other is known, and for each resource group."""
    for name in estate.subscriptions:
        kind = "microsoft.resources/subscriptions"
        yield row(kind, f"/subscriptions/{name}", name, {"state": "Enabled"}, subscription=name, location="")
    groups = {(one.resource.subscription_id, one.resource.resource_group) for one in estate.registries}
    for subscription, group in sorted(groups):
        yield row(
            "microsoft.resources/subscriptions/resourcegroups",
            f"/subscriptions/{subscription}/resourceGroups/{group}",
            group,
            {"provisioningState": "Succeeded"},
            subscription=subscription,
            group=group,
            location="",
        )
