"""The bare cost of a scan: download, hash and inflate the layers, with nothing of the product's."""

import hashlib
from http.client import HTTPConnection, HTTPSConnection

import msgspec
import zstandard
from isal import igzip_lib

from benchmarks.image_name import ImageName, parse_image_name
from benchmarks.subjects.timed import Outcome, Timed

_MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
_READ = 512 * 1024
_IN = 64 * 1024
_OUT = 256 * 1024


class _Blob(msgspec.Struct):
    digest: str
    media_type: str = msgspec.field(name="mediaType")


class _Manifest(msgspec.Struct):
    config: _Blob
    layers: list[_Blob]


def verified(image: str) -> Timed:
    """Time download, sha256, inflate, and sha256 of what was inflated."""
    return _pull(parse_image_name(image), inflated_hashed=True)


def half_verified(image: str) -> Timed:
    """Time download, sha256 and inflate."""
    return _pull(parse_image_name(image), inflated_hashed=False)


def documents(image: str) -> Timed:
    """Time the download of manifest and configuration alone: two requests."""
    name = parse_image_name(image)

    def timed() -> Outcome:
        connection = _connect(name)
        manifest = _manifest(connection, name)
        connection.request("GET", f"/v2/{name.repository}/blobs/{manifest.config.digest}")
        return 1, {"bytes": len(connection.getresponse().read())}

    return timed


def _pull(name: ImageName, *, inflated_hashed: bool) -> Timed:
    connection = _connect(name)
    layers = _manifest(connection, name).layers

    def timed() -> Outcome:
        sizes = [_pull_layer(connection, name, layer, inflated_hashed) for layer in layers]
        return 1, {"layers": len(layers), "compressed": sum(s[0] for s in sizes), "inflated": sum(s[1] for s in sizes)}

    return timed


def _pull_layer(connection: HTTPConnection, name: ImageName, layer: _Blob, inflated_hashed: bool) -> tuple[int, int]:
    connection.request("GET", f"/v2/{name.repository}/blobs/{layer.digest}")
    response = connection.getresponse()
    compressed, content = hashlib.sha256(), hashlib.sha256()
    inflater = _Inflater(layer.media_type)
    taken = given = 0
    while chunk := response.read(_READ):
        compressed.update(chunk)
        taken += len(chunk)
        for start in range(0, len(chunk), _IN):
            for piece in inflater.inflate(chunk[start : start + _IN]):
                given += len(piece)
                if inflated_hashed:
                    content.update(piece)
    assert f"sha256:{compressed.hexdigest()}" == layer.digest, f"{layer.digest} was downloaded wrongly"
    return taken, given


class _Inflater:
    """The quickest way that was found for each kind of layer; gzip with several members is read as well."""

    def __init__(self, media_type: str) -> None:
        self._kind = "gzip" if media_type.endswith("gzip") else "zstd" if media_type.endswith("zstd") else "tar"
        self._zstd = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
        self._gzip = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP)

    def inflate(self, piece: bytes) -> list[bytes]:
        """Return what a piece inflates to."""
        if self._kind == "gzip":
            return self._gunzip(piece)
        return [self._zstd.decompress(piece) if self._kind == "zstd" else piece]

    def _gunzip(self, piece: bytes) -> list[bytes]:
        pieces = []
        while piece:
            if self._gzip.eof:
                self._gzip = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP)
            pieces.append(self._gzip.decompress(piece, _OUT))
            while not (self._gzip.eof or self._gzip.needs_input):
                pieces.append(self._gzip.decompress(b"", _OUT))
            piece = self._gzip.unused_data if self._gzip.eof else b""
        return pieces


def _connect(name: ImageName) -> HTTPConnection:
    kind = HTTPConnection if name.url.startswith("http://") else HTTPSConnection
    return kind(name.host, timeout=60)


def _manifest(connection: HTTPConnection, name: ImageName) -> _Manifest:
    connection.request("GET", f"/v2/{name.repository}/manifests/{name.tag}", headers={"Accept": _MANIFESTS})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, f"{name} was answered with {response.status}: {body[:200]!a}"
    try:
        return msgspec.json.decode(body, type=_Manifest)
    except msgspec.ValidationError as error:
        raise ValueError(f"{name} is no image, perhaps an index: name one image") from error
