"""Whose fault an error is: of the moment, or of what is stored."""

from __future__ import annotations

from shared.eventlog.interface import OutcomeUnknown, VersionConflict
from shared.storage.tables import RowChanged


def is_transient(error: Exception) -> bool:
    """Say whether another attempt may go well: storage or the machine failed, or somebody else was faster."""
    from azure.core.exceptions import AzureError

    return isinstance(error, (AzureError, OSError, MemoryError, RowChanged, VersionConflict, OutcomeUnknown))
