"""Findings without their layer: what builds have in common, whose layers are new each time."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable

import msgspec

from shared.domain.findings import Finding
from shared.projections.findings_index.file import IndexDamaged

_HASH_BYTES = 16

# What comes last is found cheapest. Another text needs another FORMAT.
_COMMON = (
    b'npm","purl":"pkg:npm/","path":"/package.json Alpine:v3.","purl":"pkg:apk/alpine/","path":"lib/apk/db/installed'
    b'PyPI","purl":"pkg:pypi/","path":"usr/lib/python3/dist-packages/ Go","purl":"pkg:golang/github.com/ Maven"'
    b"https://github.com/advisories/GHSA-https://access.redhat.com/security/cve/https://ubuntu.com/security/CVE-"
    b'"fixStatus":"not-fixed","remediation":"no fixed version is known","severity":"critical","severity":"low"'
    b'{"id":"","cve":"CVE-2026-","advisory":"DEBIAN-CVE-2026-","aliases":["CVE-2025-","GHSA-"],"package":{"name":"lib",'
    b'"version":"","source":"","sourceVersion":"","ecosystem":"Debian:12","purl":"pkg:deb/debian/@?arch=amd64&distro='
    b'debian-12","path":"var/lib/dpkg/status","layer":""},"severity":"medium","ratings":[{"source":"debian","severity":'
    b'"high","score":null,"vector":""},{"source":"cvss","severity":"high","score":7.5,"vector":"CVSS:3.1/AV:N/AC:L/PR:N/'
    b'UI:N/S:U/C:N/I:N/A:H"}],"cvss":7.5,"published":"2026-01-01T00:00:00Z","fixedVersion":null,"fixStatus":"fixed",'
    b'"remediation":"upgrade to ","references":["https://security-tracker.debian.org/tracker/CVE-2026-",'
    b'"https://nvd.nist.gov/vuln/detail/CVE-2026-"],"undetermined":null,"title":"A flaw in "}'
)


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


def packed(bare: bytes) -> bytes:
    """Give an encoded finding as it is kept: without what nearly all findings have."""
    packing = zlib.compressobj(level=6, wbits=-15, zdict=_COMMON)
    return packing.compress(bare) + packing.flush()


def unpacked(content: bytes) -> Finding:
    """Give a finding that is kept, without its layer; raise IndexDamaged."""
    try:
        unpacking = zlib.decompressobj(wbits=-15, zdict=_COMMON)
        return decoded(unpacking.decompress(content) + unpacking.flush())
    except (zlib.error, msgspec.MsgspecError) as error:
        raise IndexDamaged(f"a finding of the index cannot be read: {error}") from error


def _without(content: bytes, layer: str) -> bytes:
    # Within a string of JSON a quotation mark has a backslash before it: this cannot be part of one.
    bare = content.replace(b'"layer":' + msgspec.json.encode(layer), b'"layer":""')
    if bare == content and layer:  # as it was not encoded by us
        return msgspec.json.encode(in_layer(_FINDING.decode(content), ""))
    return bare
