"""Layers: file trees written as deterministic tar archives.

Source: OCI Image Specification 1.1, "Image Layer Filesystem Changeset".
"""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from typing import Literal, NamedTuple

import zstandard

type Compression = Literal["gzip", "zstd", "none"]

_MEDIA_TYPES: dict[Compression, str] = {
    "gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
    "zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
    "none": "application/vnd.oci.image.layer.v1.tar",
}


class File(NamedTuple):
    """A regular file with its permission bits."""

    content: bytes
    mode: int = 0o644


class Symlink(NamedTuple):
    """A symbolic link; the target is stored as given."""

    target: str


class Hardlink(NamedTuple):
    """A hard link to another path of the same layer."""

    target: str


class Directory(NamedTuple):
    """A directory with its permission bits."""

    mode: int = 0o755


type Entry = bytes | File | Symlink | Hardlink | Directory


class Layer(NamedTuple):
    """A layer as it is pushed: ``digest`` names the blob, ``diff_id`` the archive before compression."""

    media_type: str
    blob: bytes
    digest: str
    diff_id: str


def build_layer(entries: Mapping[str, Entry], compression: Compression = "gzip") -> Layer:
    """Write paths and what they hold as a layer, in the order given; the same entries give the same bytes.

    Whiteouts are written as the specification stores them: ``{"var/.wh.old": b""}``.
    """
    archive = _archive(entries)
    blob = _compressed(archive, compression)
    return Layer(_MEDIA_TYPES[compression], blob, sha256(blob), sha256(archive))


def raw_layer(blob: bytes, media_type: str) -> Layer:
    """Take any bytes as a layer: an attestation, an artifact, or a layer that is broken on purpose."""
    return Layer(media_type, blob, sha256(blob), sha256(blob))


def sha256(content: bytes) -> str:
    """Give the digest of content as registries write it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _archive(entries: Mapping[str, Entry]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, entry in entries.items():
            member, content = _member(path, entry)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _member(path: str, entry: Entry) -> tuple[tarfile.TarInfo, bytes]:
    # TarInfo starts with mtime 0, owner 0 and mode 0644: nothing of this machine enters the archive.
    member = tarfile.TarInfo(path)
    content = b""
    match entry:
        case Symlink(target):
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
        case Hardlink(target):
            member.type, member.linkname = tarfile.LNKTYPE, target
        case Directory(mode):
            member.type, member.mode = tarfile.DIRTYPE, mode
        case File(body, mode):
            content, member.mode = body, mode
        case bytes():
            content = entry
    member.size = len(content)
    return member, content


def _compressed(archive: bytes, compression: Compression) -> bytes:
    match compression:
        case "gzip":
            return gzip.compress(archive, compresslevel=6, mtime=0)
        case "zstd":
            return zstandard.ZstdCompressor(level=3).compress(archive)
        case "none":
            return archive
