"""The layers themselves: inflating them, walking their archive, and putting them together."""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Mapping
from contextlib import suppress

import zstandard

from shared.domain.failures import ScanFailure
from shared.inventory.links import LinkResolver
from shared.inventory.paths import normalise, text
from shared.inventory.pax import PaxError, parse_pax
from tests.fuzz.interface import Target
from tests.fuzz.properties import check_layer

_PLAIN, _GZIP, _ZSTD = (f"application/vnd.oci.image.layer.v1.tar{kind}" for kind in ("", "+gzip", "+zstd"))
_STATUS = b"Package: whole\nStatus: install ok installed\nVersion: 1\n"
_PAX = b"30 mtime=1321711775.972059463\n12 path=a/b\n19 GNU.sparse.name=x\n"


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _tar(content: bytes) -> None:
    archive = _with_checksums(content)
    layer = check_layer(archive, _PLAIN, _digest(archive))
    for path in (*layer.files, *layer.links, *layer.whiteouts, *layer.opaque) if layer else ():
        assert not path.startswith("/"), path
        assert ".." not in path.split("/"), path


def _with_checksums(content: bytes) -> bytes:
    """Mend the checksums of all headers, which else hardly a changed one would pass."""
    archive = bytearray(content)
    for start in range(0, len(archive) - 511, 512):
        if archive[start + 257 : start + 262] == b"ustar":
            archive[start + 148 : start + 156] = b" " * 8
            archive[start + 148 : start + 156] = b"%06o\0 " % sum(archive[start : start + 512])
    return bytes(archive)


def _pax(content: bytes) -> None:
    try:
        records = parse_pax(content)
    except PaxError:
        return
    assert b"\0" not in records.path + records.target
    assert records.size is None or records.size >= 0


def _gzip(content: bytes) -> None:
    """Inflate what may be no gzip at all; when it is, its diff_id is that of what zlib makes of it."""
    check_layer(content, _GZIP, _digest(b""))
    inflater = zlib.decompressobj(31)
    try:
        inflated = inflater.decompress(content, 1 << 20)
    except zlib.error:
        return
    if inflater.eof and not inflater.unused_data:
        check_layer(content, _GZIP, _digest(inflated))


def _zstd(content: bytes) -> None:
    check_layer(content, _ZSTD, _digest(b""))


def _links(content: bytes) -> None:
    """Take lines as paths and their targets, and follow them all."""
    pairs = [line[:4096].partition(b" ")[::2] for line in content.split(b"\n")]
    links = {text(normalise(path)): text(target) for path, target in pairs}
    with suppress(ScanFailure):
        _check_links(links, LinkResolver(links))


def _check_links(links: Mapping[str, str], resolver: LinkResolver) -> None:
    for path in (*links, *links.values()):
        resolved = resolver.resolved(path)
        assert not resolved or not {"", ".", ".."} & set(resolved.split("/")), resolved
        resolver.placed(path)


def _archives() -> list[bytes]:
    long = "d" * 120 + "/" + "f" * 90
    entries = {
        "etc/os-release": b"ID=debian\n",
        "var/lib/dpkg/status": _STATUS,
        "a/.wh.b": b"",
        "a/.wh..wh..opq": b"",
        long: b"",
    }
    made = []
    for layout in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=layout) as archive:
            for path, content in entries.items():
                member = tarfile.TarInfo(path)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
            for kind, target in (
                (tarfile.SYMTYPE, "../lib"),
                (tarfile.LNKTYPE, "var/lib/dpkg/status"),
                (tarfile.DIRTYPE, ""),
            ):
                member = tarfile.TarInfo(f"usr/{kind.decode()}")
                member.type, member.linkname = kind, target
                archive.addfile(member)
        made.append(buffer.getvalue().rstrip(b"\0") + bytes(1536))
    return made


def _gzips() -> list[bytes]:
    members = []
    for archive in _archives():
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        members.append(packer.compress(archive) + packer.flush())
    return [*members, members[0] + members[1] + bytes(10)]


def _zstds() -> list[bytes]:
    frames = [zstandard.ZstdCompressor().compress(archive) for archive in _archives()]
    return [*frames, frames[0] + frames[1], b"\x50\x2a\x4d\x18\x04\0\0\0skip" + frames[0]]


TARGETS = (
    Target("tar", _tar, _archives, 32 * 1024),
    Target("pax", _pax, lambda: [_PAX, b"10 size=1\n"]),
    Target("gzip", _gzip, _gzips),
    Target("zstd", _zstd, _zstds),
    Target("links", _links, lambda: [b"a b\nb a\nusr/bin ../bin\nc /d/../../e\n", b"x/y ../../../..\n"]),
)
