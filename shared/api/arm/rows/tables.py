"""The tables by name, as iterators of rows: what a query language reads.

Rows share the parts that are equal, so that very many fit in memory: a reader must change none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from shared.api.arm.facts import Json
from shared.api.arm.rows.inventory import container_rows, registry_rows
from shared.api.arm.rows.policies import policy_rows
from shared.api.arm.rows.security import security_rows
from shared.services.query_estate import Estate

# Names in a query are in any case; these are the lower ones.
TABLES: Mapping[str, Callable[[Estate], Iterator[Json]]] = {
    "resources": registry_rows,
    "resourcecontainers": container_rows,
    "policyresources": policy_rows,
    "securityresources": security_rows,
}
