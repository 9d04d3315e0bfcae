"""What the base of an image has to do with its findings, and what to do about it, in a line."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from shared.domain.base_images import BaseImage, BaseKind


class ImageBase(msgspec.Struct, frozen=True, rename="camel"):
    """The base of an image, with the findings that count: those of its layers, and those of all layers.

    ``closes`` are those of its layers that the newer base has not; null without one, or where that is not known.
    """

    base: BaseImage
    severities: Mapping[str, int]
    findings: int
    of_findings: int
    closes: int | None
    closed_severities: Mapping[str, int]
    advice: str


def image_base(
    base: BaseImage, severities: Mapping[str, int], total: int, closed: Mapping[str, int] | None
) -> ImageBase:
    """Put together what is said of an image's base: of its findings, of all, and of those that a newer one has not."""
    findings, closes = sum(severities.values()), None if closed is None else sum(closed.values())
    return ImageBase(
        base=base,
        severities=severities,
        findings=findings,
        of_findings=total,
        closes=closes,
        closed_severities=closed or {},
        advice=base_advice(base, findings, total, closes),
    )


def base_advice(base: BaseImage, findings: int, total: int, closes: int | None) -> str:
    """Say what to do about findings from a base: for one image, or for all that are built on it."""
    layers = layers_text(base.layers)
    if not base.layers:
        return f"built on {_name(base)}, as it says itself: which findings come from there is not known"
    if not findings:
        return f"none of {counted(total)} comes from {layers}" if total else "no open findings"
    come = f"{findings} of {counted(total)} {'comes' if findings == 1 else 'come'} from {layers}"
    if base.newer is None:
        name = _name(base)
        return f"rebuild on a newer base image{f' than {name}' if name else ''}: {come}"
    newer = f"{base.newer.repository}:{base.newer.tag}"
    if closes is None:
        return f"rebuild on {newer} as it is now, of which it is not known what it has: {come}"
    if not closes:
        return f"wait for a newer {newer}: {come}, and what it names now has them all"
    return f"rebuild on {newer} as it is now: {come}, and {closes} of them {'is' if closes == 1 else 'are'} not in it"


def _name(base: BaseImage) -> str:
    if base.kind is BaseKind.IMAGE:
        return f"{base.repository}:{base.tags[0]}" if base.tags else f"{base.repository}@{base.digest[:19]}"
    return base.stated_name or base.stated_digest[:19]


def layers_text(count: int) -> str:
    """Name the lowest layers of an image."""
    return "layer 1" if count == 1 else f"layers 1-{count}"


def counted(count: int, what: str = "finding") -> str:
    """Count things, of which there may be one."""
    return f"{count} {what}{'' if count == 1 else 's'}"
