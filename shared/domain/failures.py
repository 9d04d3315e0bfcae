"""Why a scan could not be finished, typed by what to do about it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class FailureReason(StrEnum):
    """Reasons of ``scan-failed`` events. The values are stored in the log for ever: add, never rename."""

    REGISTRY_NOT_ALLOWED = "registry-not-allowed"
    REGISTRY_UNREACHABLE = "registry-unreachable"
    NETWORK_REFUSED = "network-refused"
    REGISTRY_ERROR = "registry-error"
    UNAUTHORIZED = "unauthorized"
    MANIFEST_MISSING = "manifest-missing"
    MANIFEST_INVALID = "manifest-invalid"
    BLOB_MISSING = "blob-missing"
    BLOB_TRUNCATED = "blob-truncated"
    DIGEST_MISMATCH = "digest-mismatch"
    LAYER_CORRUPT = "layer-corrupt"
    LAYER_UNSUPPORTED = "layer-unsupported"
    LIMIT_EXCEEDED = "limit-exceeded"
    READER_DIED = "reader-died"
    NO_ADVISORIES = "no-advisories"
    ATTEMPTS_EXHAUSTED = "attempts-exhausted"
    PLAN_OFF = "plan-off"


RETRYABLE = frozenset(
    {
        FailureReason.REGISTRY_UNREACHABLE,
        FailureReason.REGISTRY_ERROR,
        FailureReason.BLOB_TRUNCATED,
        # Most likely the system was short of memory.
        FailureReason.READER_DIED,
    }
)

ACCESS = frozenset(
    {
        FailureReason.REGISTRY_UNREACHABLE,
        FailureReason.NETWORK_REFUSED,
        FailureReason.REGISTRY_ERROR,
        FailureReason.UNAUTHORIZED,
    }
)
"""Failures of the way to a registry, rather than of an image in it."""

RETRY_AFTER: Mapping[FailureReason, timedelta] = {
    **dict.fromkeys(RETRYABLE, timedelta(hours=1)),
    # Somebody has to open the network first, and nobody tells when it is done.
    FailureReason.NETWORK_REFUSED: timedelta(hours=6),
    # Refused for as long as the plan is off.
    FailureReason.PLAN_OFF: timedelta(0),
    # The storage or the host may have been down, but an image may also be what kills the scanner, and would each hour.
    FailureReason.ATTEMPTS_EXHAUSTED: timedelta(days=1),
}
"""How long after a failure that may have passed the image is asked for again."""


class ScanFailure(Exception):
    """A scan cannot go on; ``retryable`` says whether trying again may help."""

    def __init__(self, reason: FailureReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message

    @property
    def retryable(self) -> bool:
        """Say whether the same scan may succeed later without anybody changing anything."""
        return self.reason in RETRYABLE
