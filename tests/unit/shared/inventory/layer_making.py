"""Make layers in memory, with the standard library's tar and gzip as the other side."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable

from shared.inventory.interface import LayerInventory
from shared.inventory.layer import scan_layer
from shared.inventory.limits import ScanLimits

GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
PLAIN = "application/vnd.oci.image.layer.v1.tar"

type Entry = tuple[tarfile.TarInfo, bytes]


def file(path: str, content: bytes | str = b"") -> Entry:
    body = content.encode() if isinstance(content, str) else content
    member = tarfile.TarInfo(path)
    member.size = len(body)
    return member, body


def folder(path: str) -> Entry:
    return _special(path, tarfile.DIRTYPE)


def link(path: str, target: str) -> Entry:
    return _special(path, tarfile.SYMTYPE, target)


def hard_link(path: str, target: str) -> Entry:
    return _special(path, tarfile.LNKTYPE, target)


def tar(*entries: Entry, layout: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=layout) as archive:
        for member, body in entries:
            archive.addfile(member, io.BytesIO(body))
    return buffer.getvalue()


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def chunked(content: bytes, size: int = 1000) -> Iterable[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def scan(archive: bytes, limits: ScanLimits | None = None, chunk: int = 1000) -> LayerInventory:
    """Scan a gzip layer of an archive; its digest is that of the compressed bytes."""
    compressed = gzip.compress(archive, 1, mtime=0)
    return scan_layer(
        chunked(compressed, chunk),
        digest=digest_of(compressed),
        media_type=GZIP,
        diff_id=digest_of(archive),
        limits=limits or ScanLimits(),
    )


def layer(*entries: Entry) -> LayerInventory:
    return scan(tar(*entries))


def stanza(name: str, version: str, state: str = "install ok installed", **more: str) -> str:
    fields = {"Package": name, "Status": state, "Architecture": "amd64", "Version": version, **more}
    return "".join(f"{key}: {value}\n" for key, value in fields.items()) + "\n"


def manifest(name: str, version: str) -> str:
    return f'{{"name": "{name}", "version": "{version}"}}'


def metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: of another\n"


def _special(path: str, kind: bytes, target: str = "") -> Entry:
    member = tarfile.TarInfo(path)
    member.type = kind
    member.linkname = target
    return member, b""
