"""The messages of the queues. They are hints: what is true stands in the log."""

import msgspec


class Hint(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``projections``: this stream may have changed, in the course of what the id tells."""

    stream: str
    correlation_id: str = ""


class ScanMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``scans``: this scan was requested and may still be open."""

    stream: str
    scan_id: str
    correlation_id: str = ""


class SweepMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Message of the queue ``reconciliations``: this sweep of a registry may not have come to its end."""

    registry: str
    sweep_id: str
