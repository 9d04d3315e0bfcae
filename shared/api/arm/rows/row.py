"""One row of a table of Resource Graph: sixteen columns, always in the same order.

Source: "Azure Resource Graph table and resource type reference",
https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources.
"""

from __future__ import annotations

from shared.api.arm.facts import Json

COLUMNS = (
    *("id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy", "sku"),
    *("plan", "properties", "tags", "identity", "zones", "extendedLocation"),
)


def row(
    kind: str, id_: str, name: str, properties: Json, *, subscription: str, group: str = "", location: str = "global"
) -> Json:
    """Make a row; ``kind`` is the type, in lower case. The tenant is not known."""
    return {
        "id": id_,
        "name": name,
        "type": kind,
        "tenantId": "",
        "kind": "",
        "location": location,
        "resourceGroup": group,
        "subscriptionId": subscription,
        "managedBy": "",
        "sku": None,
        "plan": None,
        "properties": properties,
        "tags": None,
        "identity": None,
        "zones": None,
        "extendedLocation": None,
    }
