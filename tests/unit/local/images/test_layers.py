import hashlib
import io
import tarfile
import zlib

import pytest
import zstandard

from local.images.layers import Compression, Directory, Entry, File, Hardlink, Symlink, build_layer, raw_layer, sha256

ENTRIES: dict[str, Entry] = {
    "etc": Directory(),
    "etc/os-release": b"ID=debian\n",
    "bin/sh": File(b"#!", 0o755),
    "bin/bash": Hardlink("bin/sh"),
    "usr/lib/os-release": Symlink("../../etc/os-release"),
    "var/.wh.old": b"",
    "opt/" + "long/" * 60 + "überlang.txt": b"deep",
}


def inflated(blob: bytes, compression: Compression) -> bytes:
    match compression:
        case "gzip":
            return zlib.decompress(blob, wbits=31)
        case "zstd":
            return zstandard.ZstdDecompressor().decompress(blob)
        case "none":
            return blob


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_a_layer_holds_what_was_put_in(compression: Compression) -> None:
    layer = build_layer(ENTRIES, compression)
    archive = inflated(layer.blob, compression)
    assert layer.diff_id == sha256(archive)
    assert layer.digest == "sha256:" + hashlib.sha256(layer.blob).hexdigest()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        members = {member.name: member for member in tar}
        assert list(members) == [path.rstrip("/") for path in ENTRIES]
        release = tar.extractfile("etc/os-release")
        assert release is not None
        assert release.read() == b"ID=debian\n"
    assert members["etc"].isdir()
    assert members["bin/sh"].mode == 0o755
    assert (members["bin/bash"].islnk(), members["bin/bash"].linkname) == (True, "bin/sh")
    link = members["usr/lib/os-release"]
    assert (link.issym(), link.linkname) == (True, "../../etc/os-release")
    assert members["var/.wh.old"].size == 0
    assert {member.mtime for member in members.values()} == {0}


@pytest.mark.parametrize(
    ("compression", "media_type"),
    [
        ("gzip", "application/vnd.oci.image.layer.v1.tar+gzip"),
        ("zstd", "application/vnd.oci.image.layer.v1.tar+zstd"),
        ("none", "application/vnd.oci.image.layer.v1.tar"),
    ],
)
def test_the_media_type_names_the_compression(compression: Compression, media_type: str) -> None:
    assert build_layer(ENTRIES, compression).media_type == media_type


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_equal_entries_give_equal_bytes(compression: Compression) -> None:
    assert build_layer(ENTRIES, compression) == build_layer(dict(ENTRIES), compression)


def test_a_raw_layer_is_taken_as_it_is() -> None:
    layer = raw_layer(b"broken", "application/x-broken")
    assert (layer.blob, layer.media_type, layer.digest) == (b"broken", "application/x-broken", sha256(b"broken"))
