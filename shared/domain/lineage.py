"""Where an image comes from: its layers, each with the findings that come from it, and the tags that named it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from shared.domain.comparison import origin_of
from shared.domain.events import StatedBase
from shared.domain.findings import Finding
from shared.domain.image import ImageState
from shared.domain.image_health import what_is_left_open


class LayerFindings(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A layer, and how many of the findings that count come from it, by those severities that occur.

    ``fingerprint`` names these findings: of equal ones, flaws and sources of packages are equal. It is empty where
    there is none.
    """

    digest: str
    severities: Mapping[str, int] = {}
    fingerprint: str = ""


class TagSpan(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A tag of a repository that named the image, ``until`` it did no longer (None: it still does)."""

    repository: str
    tag: str
    until: datetime | None


class Lineage(msgspec.Struct, frozen=True, rename="camel"):
    """What tells the base of an image; ``findings`` are all that count, from whichever layer.

    ``layers`` are from the base up; there is none where they are not on record. ``left_open`` says whether there may be
    findings that are not told: not all could be read or looked up, or a later scan failed.
    """

    layers: tuple[LayerFindings, ...] = ()
    findings: int = 0
    stated: StatedBase | None = None
    tags: tuple[TagSpan, ...] = ()
    left_open: bool = False


def lineage_of(state: ImageState, counting: Sequence[Finding], on: date) -> Lineage:
    """Put together the lineage of an image of the findings that count, as of a day (UTC)."""
    scan = state.last_scan.event if state.last_scan else None
    return Lineage(
        layers=_layers(scan.layers, counting) if scan else (),
        findings=len(counting),
        stated=scan.stated_base if scan else None,
        tags=tuple(_tags(state)),
        left_open=bool(what_is_left_open(state, state.last_scan, on)) if state.last_scan else True,
    )


def _layers(digests: Iterable[str], counting: Iterable[Finding]) -> tuple[LayerFindings, ...]:
    found: dict[str, list[Finding]] = {}
    for finding in counting:
        found.setdefault(finding.package.layer, []).append(finding)
    # A layer that comes twice counts where it comes first.
    return tuple(_layer(digest, found.pop(digest, ())) for digest in digests)


def _layer(digest: str, findings: Sequence[Finding]) -> LayerFindings:
    if not findings:
        return LayerFindings(digest)
    flaws = sorted("\n".join((*origin_of(finding), finding.severity)) for finding in findings)
    return LayerFindings(
        digest=digest,
        severities=dict(Counter(str(finding.severity) for finding in findings)),
        fingerprint=hashlib.sha256("\n\n".join(flaws).encode(errors="replace")).hexdigest()[:16],
    )


def _tags(state: ImageState) -> Iterator[TagSpan]:
    for repository, use in state.repositories.items():
        for tag, time in use.tags.items():
            yield TagSpan(repository, tag, time.until if use.present else time.until or use.deleted_at)
