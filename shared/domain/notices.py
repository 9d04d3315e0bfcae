"""Notices: what an organisation is told of an image, when it turns bad, gets worse or is well again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from shared.domain.findings import Finding, worst_first
from shared.domain.image_health import Health, ImageHealth
from shared.domain.severity import Severity

_MOST_FINDINGS = 20  # that a notice lists; all are counted
_MOST_KNOWN = 50_000  # findings that are remembered of an image: of one with more, only its turns are told
_HASH = 8  # bytes


class NoticeKind(StrEnum):
    """What happened; the type of the CloudEvent."""

    UNHEALTHY = "Plimsoll.Image.Unhealthy"
    FINDINGS_ADDED = "Plimsoll.Image.FindingsAdded"
    RESOLVED = "Plimsoll.Image.Resolved"


class Told(msgspec.Struct, frozen=True):
    """What an organisation was last told of an image, and the hashes of the findings that it knows of.

    ``known`` is None where they were too many to be remembered.
    """

    unhealthy: bool = False
    known: bytes | None = b""


class Notice(msgspec.Struct, frozen=True):
    """One notice: what happened, the findings it is about, worst first, and how many there are."""

    kind: NoticeKind
    reason: str
    findings: tuple[Finding, ...] = ()
    finding_count: int = 0


class Judged(msgspec.Struct, frozen=True):
    """An image as it is now: shown at all, its health, and its findings that no rule disables."""

    listed: bool
    health: ImageHealth
    still_open: tuple[Finding, ...]


def news(told: Told, now: Judged, notify_from: Severity) -> tuple[Told, Notice | None]:
    """Say what is to be told next, if anything, and what will then have been told.

    An image that cannot be assessed for a while is neither bad nor well: what was told of it stands.
    """
    severe = [finding for finding in now.still_open if finding.severity.at_least(notify_from)]
    verdict = now.health.health
    if not now.listed or verdict is Health.HEALTHY:
        reason = "no open finding is left" if now.listed else "the image was deleted"
        return Told(), Notice(NoticeKind.RESOLVED, reason) if told.unhealthy else None
    if verdict is not Health.UNHEALTHY:
        return told, None
    after = Told(unhealthy=True, known=_hashes(severe))
    if not told.unhealthy:
        return after, _notice(NoticeKind.UNHEALTHY, now.health.reason, now.still_open)
    added = _added(severe, told)
    return after, _notice(NoticeKind.FINDINGS_ADDED, _counted(len(added)), added) if added else None


def silently(now: Judged, notify_from: Severity) -> Told:
    """Take an image as it is for told: of what was known before there were notices, none is sent."""
    return news(Told(), now, notify_from)[0]


def _notice(kind: NoticeKind, reason: str, findings: Sequence[Finding]) -> Notice:
    return Notice(kind, reason, worst_first(tuple(findings))[:_MOST_FINDINGS], len(findings))


def _counted(count: int) -> str:
    return f"{count} new finding{'' if count == 1 else 's'}"


def _added(severe: Sequence[Finding], told: Told) -> list[Finding]:
    if told.known is None:
        return []
    known = {told.known[at : at + _HASH] for at in range(0, len(told.known), _HASH)}
    return [finding for finding in severe if _hash(finding) not in known]


def _hashes(findings: Sequence[Finding]) -> bytes | None:
    return b"".join(sorted(map(_hash, findings))) if len(findings) <= _MOST_KNOWN else None


def _hash(finding: Finding) -> bytes:
    return hashlib.sha256(finding.id.encode()).digest()[:_HASH]
