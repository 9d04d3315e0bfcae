"""Inflate a layer while it arrives, and check that it becomes what the image's configuration names.

Media types: OCI image specification 1.1, "Image Layer Filesystem Changeset"; Docker image manifest v2, schema 2.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, cast

import zstandard
from isal import igzip_lib

from shared.inventory.content_hash import ContentHash
from shared.inventory.failures import corrupt, exceeded, unsupported, wrong_content
from shared.inventory.limits import Meter

# Small enough to stay in the processor's cache until it is hashed and walked.
_OUT = 256 * 1024
# A gzip member hands back what follows it as a copy: small slices keep many members from costing quadratic time.
_IN = 64 * 1024

# The type stub of isal declares an instance in place of the class.
_IsalError = cast("type[Exception]", igzip_lib.IsalError)

type _Inflater = Callable[[Iterable[bytes], Meter], Iterator[bytes]]


def inflate(chunks: Iterable[bytes], *, media_type: str, diff_id: str, meter: Meter) -> Iterator[bytes]:
    """Yield the inflated bytes of a layer in pieces of at most 256 KiB, unless it is not compressed.

    Raises ScanFailure: layer-unsupported for a media type that is not read, layer-corrupt, limit-exceeded, and
    after the last piece digest-mismatch. A consumer that stops early has verified nothing.
    """
    inflater = _INFLATERS.get(media_type)
    if inflater is None:
        raise unsupported(meter.layer, f"media type {media_type[:100]!a} is not a tar, gzip or zstd layer")
    algorithm = diff_id.partition(":")[0]
    if algorithm not in ("sha256", "sha512"):
        raise unsupported(meter.layer, f"diff_id {diff_id[:100]!a} is not a sha256 or sha512 digest")
    with ContentHash(algorithm) as content:
        for piece in inflater(chunks, meter):
            meter.inflated(len(piece))
            content.update(piece)
            yield piece
        actual = f"{algorithm}:{content.hexdigest()}"
    if actual != diff_id:
        raise wrong_content(meter.layer, diff_id, actual)


def _plain(chunks: Iterable[bytes], meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        meter.taken(len(chunk))
        if chunk:
            yield chunk


def _gunzip(chunks: Iterable[bytes], meter: Meter) -> Iterator[bytes]:
    member = _Member(meter.layer)
    for piece in _slices(chunks, meter):
        rest = piece
        while rest:
            if member.finished:
                # Zero padding after the last member is tolerated, as gzip itself does.
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                member = _Member(meter.layer)
                meter.taken(0)
            yield from member.inflate(rest)
            rest = member.rest
    if not member.finished:
        raise corrupt(meter.layer, "the gzip stream is cut off")


class _Member:
    """One member of a gzip stream (RFC 1952, section 2.2)."""

    def __init__(self, layer: str) -> None:
        self._layer = layer
        self._stream = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP)

    @property
    def finished(self) -> bool:
        """Say whether the trailer has been read and checked."""
        return bool(self._stream.eof)

    @property
    def rest(self) -> bytes:
        """Give the bytes that follow the member in the last piece."""
        return bytes(self._stream.unused_data)

    def inflate(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece of the member inflates to."""
        inflated = self._step(piece)
        while inflated:
            yield inflated
            inflated = b"" if self._stream.eof or self._stream.needs_input else self._step(b"")

    def _step(self, piece: bytes) -> bytes:
        try:
            return bytes(self._stream.decompress(piece, _OUT))
        except (_IsalError, EOFError) as error:
            raise corrupt(self._layer, f"the gzip stream is damaged ({error})") from error


def _unzstd(chunks: Iterable[bytes], meter: Meter) -> Iterator[bytes]:
    frames = zstandard.ZstdDecompressor(max_window_size=meter.limits.zstd_window_bytes)
    source = cast("IO[bytes]", _Source(_slices(chunks, meter)))
    reader = frames.stream_reader(source, read_size=_IN, read_across_frames=True)
    while piece := _read(reader, meter):
        yield piece


def _read(reader: zstandard.ZstdDecompressionReader, meter: Meter) -> bytes:
    try:
        return reader.read(_OUT)
    except zstandard.ZstdError as error:
        if "too much memory" in str(error):
            where = f"layer {meter.layer}"
            raise exceeded(where, "zstd window bytes", f"more than {meter.limits.zstd_window_bytes}") from error
        raise corrupt(meter.layer, f"the zstd stream is damaged ({error})") from error


class _Source:
    """The slices of a layer as the file-like object that zstandard reads from."""

    def __init__(self, slices: Iterator[bytes]) -> None:
        self._slices = slices

    def read(self, _size: int) -> bytes:
        """Return the next slice, whatever size was asked for; slices are never larger than the read size."""
        return next(self._slices, b"")


def _slices(chunks: Iterable[bytes], meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _IN):
            piece = chunk[start : start + _IN]
            meter.taken(len(piece))
            yield piece


_INFLATERS: dict[str, _Inflater] = {
    "application/vnd.oci.image.layer.v1.tar": _plain,
    "application/vnd.oci.image.layer.v1.tar+gzip": _gunzip,
    "application/vnd.oci.image.layer.v1.tar+zstd": _unzstd,
    "application/vnd.oci.image.layer.nondistributable.v1.tar": _plain,
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": _gunzip,
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd": _unzstd,
    "application/vnd.docker.image.rootfs.diff.tar": _plain,
    "application/vnd.docker.image.rootfs.diff.tar.gzip": _gunzip,
    "application/vnd.docker.image.rootfs.diff.tar.zstd": _unzstd,
    "application/vnd.docker.image.rootfs.foreign.diff.tar": _plain,
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": _gunzip,
}
