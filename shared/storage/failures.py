"""Whose fault an error is: that of the storage service, or of what is stored there."""

from __future__ import annotations


def is_outage(error: Exception) -> bool:
    """Say whether the storage service did not do its work: another attempt may find it well again."""
    from azure.core.exceptions import AzureError

    return isinstance(error, (AzureError, OSError))
