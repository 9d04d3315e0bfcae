"""Findings over all images as the native API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shared.api.images import findings_body
from shared.domain.exploits import ExploitSignals, NoSignals
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.projections.findings_index.interface import FoundFindings

_NO_SIGNALS = NoSignals()
_LISTED = 100  # of images whose findings are unknown


def found_body(image: ImageHealth, judged: JudgedFinding, signals: ExploitSignals = _NO_SIGNALS) -> dict[str, Any]:
    """Give a finding with the image that it was found in."""
    return {**findings_body([judged], signals)[0], "image": _image(image)}


def doubts_body(found: FoundFindings) -> dict[str, Any]:
    """Give what a list of findings may lack."""
    return {"unanswered": msgspec.to_builtins(found.unanswered), **unreadable_body(found.unreadable)}


def unreadable_body(images: Sequence[tuple[ImageHealth, str]]) -> dict[str, Any]:
    """Give the images whose findings are unknown, with the reason; nothing where there are none."""
    if not images:
        return {}
    listed = [{**_image(image), "reason": reason} for image, reason in images[:_LISTED]]
    return {"unreadable": {"count": len(images), "images": listed}}


def _image(image: ImageHealth) -> dict[str, Any]:
    return {
        "registry": image.registry,
        "repository": image.repository,
        "repositories": image.repositories,
        "tags": image.tags,
        "digest": image.digest,
        "platform": image.platform,
        "health": image.health,
    }
