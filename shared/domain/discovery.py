"""What the product does about the registries of its subscription."""

from __future__ import annotations

from enum import StrEnum


class DiscoveryMode(StrEnum):
    """``list`` watches them and finds pushes by reconciliation; ``enroll`` also has their events and pulls sent."""

    OFF = "off"
    LIST = "list"
    ENROLL = "enroll"
