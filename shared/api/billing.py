"""The bill as the native API shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shared.projections.billing import BilledImage


def statement_body(month: str, charges: Sequence[BilledImage]) -> dict[str, Any]:
    """Give the statement of a month: its number of charges, and each with the event behind it."""
    return {"month": month, "total": len(charges), "charges": msgspec.to_builtins(charges)}
