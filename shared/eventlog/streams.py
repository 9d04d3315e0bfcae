"""The names of the product's streams."""

from __future__ import annotations

from shared.domain.references import ImageId
from shared.domain.stored_names import (
    IMAGE_STREAM,
    INDEX_STREAM,
    PLAN_STREAM,
    REGISTRY_STREAM,
    RULES_STREAM,
    SWEEP_STREAM,
)
from shared.eventlog.interface import StreamName


def image_stream(image: ImageId) -> StreamName:
    """Name the stream of an image."""
    return StreamName(IMAGE_STREAM, (image.registry, image.digest))


def index_stream(registry: str, digest: str) -> StreamName:
    """Name the stream of an index."""
    return StreamName(INDEX_STREAM, (registry, digest))


def rules_stream(subscription_id: str) -> StreamName:
    """Name the stream of a subscription's disable rules."""
    return StreamName(RULES_STREAM, (subscription_id,))


def registry_stream(login_server: str) -> StreamName:
    """Name the stream that says whether a registry is watched."""
    return StreamName(REGISTRY_STREAM, (login_server,))


def sweep_stream(login_server: str) -> StreamName:
    """Name the stream of the sweeps of a registry."""
    return StreamName(SWEEP_STREAM, (login_server,))


def plan_stream(subscription_id: str) -> StreamName:
    """Name the stream of a subscription's plan."""
    return StreamName(PLAN_STREAM, (subscription_id,))


def image_of(stream: StreamName) -> ImageId:
    """Give the image (or index) that a stream is about."""
    registry, digest = stream.parts
    return ImageId(registry, digest)
