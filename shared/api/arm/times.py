"""Times as Microsoft.Security writes them: UTC, with seven digits of a second."""

from __future__ import annotations

from datetime import UTC, datetime


def seven_digits(time: datetime | None) -> str | None:
    """Write a time such as ``2019-06-23T12:20:08.7644800Z``; null for none."""
    return None if time is None else time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
