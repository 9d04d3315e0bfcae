"""The scan failures that reading a layer can end in, worded in one place."""

from shared.domain.failures import FailureReason, ScanFailure


def corrupt(layer: str, why: str) -> ScanFailure:
    """Make the failure of a layer that does not hold what its manifest promises."""
    return ScanFailure(FailureReason.LAYER_CORRUPT, f"layer {layer} is corrupt: {why}; push the image again")


def unsupported(layer: str, why: str) -> ScanFailure:
    """Make the failure of a layer in a format that is not read."""
    return ScanFailure(FailureReason.LAYER_UNSUPPORTED, f"layer {layer} cannot be read: {why}")


def wrong_content(layer: str, expected: str, actual: str) -> ScanFailure:
    """Make the failure of a layer whose inflated bytes are not the ones that the configuration names."""
    return ScanFailure(
        FailureReason.DIGEST_MISMATCH,
        f"layer {layer} inflates to {actual}, but the configuration names diff_id {expected}; push the image again",
    )


def exceeded(where: str, limit: str, value: str) -> ScanFailure:
    """Make the failure of a layer, or an image, that breaks a limit: which limit, what value, where."""
    return ScanFailure(
        FailureReason.LIMIT_EXCEEDED, f"{where} exceeds the limit {limit}: {value}; raise the limit or shrink the image"
    )
