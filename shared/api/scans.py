"""Scans on demand as the native API takes and shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urljoin

import msgspec

from shared.api.errors import bad_request
from shared.domain.references import InvalidReference, is_digest, parse_registry, parse_repository, parse_tag
from shared.services.request_scan import RequestedScan, WantedScan


class NewScan(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /api/scans``: what to scan, by tag or digest."""

    registry: str
    repository: str
    reference: str = "latest"


def parse_wanted_scan(body: bytes, request_id: str, actor: str) -> WantedScan:
    """Read the body of ``POST /api/scans``; raise ApiError 400."""
    try:
        wire = msgspec.json.decode(body, type=NewScan)
        return WantedScan(
            registry=parse_registry(wire.registry),
            repository=parse_repository(wire.repository),
            reference=wire.reference if is_digest(wire.reference) else parse_tag(wire.reference),
            request_id=parse_tag(request_id),
            actor=actor,
        )
    except (msgspec.MsgspecError, InvalidReference, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("scan", str(error)) from error


def scan_body(requested: RequestedScan, url: str) -> dict[str, Any]:
    """Give an accepted request, with the address that tells how far the scan is."""
    path = "/".join(quote(part, safe=":") for part in (requested.registry, requested.digest, requested.scan_id))
    return {
        "id": requested.scan_id,
        "registry": requested.registry,
        "digest": requested.digest,
        "isIndex": requested.is_index,
        "status": "running",
        "statusUrl": urljoin(url, f"/api/scans/{path}"),
    }
