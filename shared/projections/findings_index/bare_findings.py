"""Findings without their layer: what builds have in common, whose layers are new each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from shared.domain.findings import Finding

_HASH_BYTES = 16


class _Layer(msgspec.Struct):
    layer: str


class _Layered(msgspec.Struct):
    package: _Layer


_LAYER = msgspec.json.Decoder(_Layered)
_FINDING = msgspec.json.Decoder(Finding)


def parted(contents: Iterable[msgspec.Raw]) -> dict[str, list[bytes]]:
    """Part encoded findings by layer, each without it, in the order in which layers come first."""
    parts: dict[str, list[bytes]] = {}
    for content in contents:
        layer = _LAYER.decode(content).package.layer
        parts.setdefault(layer, []).append(_without(bytes(content), layer))
    return parts


def content_hash(*bare: bytes) -> bytes:
    """Name an encoded finding without its layer, or several of them."""
    return hashlib.sha256(b"\n".join(bare)).digest()[:_HASH_BYTES]


def hash_of(finding: Finding) -> str:
    """Name a finding whatever its layer is, as ``FindingPosition`` does."""
    return content_hash(msgspec.json.encode(in_layer(finding, ""))).hex()


def in_layer(finding: Finding, layer: str) -> Finding:
    """Give a finding as one of a layer."""
    return msgspec.structs.replace(finding, package=msgspec.structs.replace(finding.package, layer=layer))


def decoded(bare: bytes) -> Finding:
    """Give a finding without its layer."""
    return _FINDING.decode(bare)


def _without(content: bytes, layer: str) -> bytes:
    # Within a string of JSON a quotation mark has a backslash before it: this cannot be part of one.
    bare = content.replace(b'"layer":' + msgspec.json.encode(layer), b'"layer":""')
    if bare == content and layer:  # as it was not encoded by us
        return msgspec.json.encode(in_layer(_FINDING.decode(content), ""))
    return bare
