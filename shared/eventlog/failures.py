"""Whose fault an error is: of the moment, or of what is stored."""

from __future__ import annotations

from shared.eventlog.interface import OutcomeUnknown, VersionConflict
from shared.storage.tables import RowChanged

# What storage refuses however often it is asked, as the content is at fault:
# https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
_TOO_LARGE = frozenset({"EntityTooLarge", "PropertyValueTooLarge", "RequestBodyTooLarge", "TooManyProperties"})


def is_transient(error: Exception) -> bool:
    """Say whether another attempt may go well: storage or the machine failed, or somebody else was faster."""
    from azure.core.exceptions import AzureError

    if isinstance(error, AzureError):
        return getattr(error, "error_code", None) not in _TOO_LARGE
    return isinstance(error, (OSError, MemoryError, RowChanged, VersionConflict, OutcomeUnknown))
