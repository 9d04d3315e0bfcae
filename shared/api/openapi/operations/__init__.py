"""Every route of the native API. A new one is described in the module of its family, and is then in the document."""

from shared.api.openapi.interface import Operation
from shared.api.openapi.operations.exports import EXPORTS
from shared.api.openapi.operations.images import IMAGES
from shared.api.openapi.operations.plan import PLAN
from shared.api.openapi.operations.rules import RULES
from shared.api.openapi.operations.scans import SCANS
from shared.api.openapi.operations.service import SERVICE
from shared.api.openapi.operations.trends import TRENDS
from shared.api.openapi.operations.what_if import WHAT_IF

OPERATIONS: tuple[Operation, ...] = (*IMAGES, *TRENDS, *EXPORTS, *SCANS, *RULES, *PLAN, *WHAT_IF, *SERVICE)
