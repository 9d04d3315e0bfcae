"""Hostile layers: how they are compressed, and what their archives say."""

import gzip
from collections.abc import Iterator
from functools import partial

import zstandard
from isal import igzip

from local.images.image import Image, build_image
from local.images.layers import Entry, Layer, Symlink, build_layer, sha256
from tests.support.docker_registry import DockerRegistry
from tests.support.hostile import tar
from tests.support.hostile.cases import FLAWED, GZIP, NOT_ASSESSED, SOUND, UNHEALTHY, ZSTD, Case, layer_of, over_base
from tests.support.made_images import STATUS, debian_layer, dpkg_status

_MIB = 1024 * 1024
_FLAWED, _SOUND = dpkg_status(FLAWED), dpkg_status(SOUND)
_OS_RELEASE = tar.member(b"etc/os-release", b"ID=debian\nVERSION_ID=12\nPRETTY_NAME=Debian\n")
_STATUS = STATUS.encode()


def _of_blob(media_type: str, blob: bytes, archive: bytes = b"", *, flawed: bool = False) -> Image:
    return over_base(layer_of(archive, media_type, blob), flawed=flawed)


def _of_archive(*parts: bytes) -> Image:
    return over_base(layer_of(b"".join(parts)))


def _of_large_archive(*parts: bytes) -> Image:
    archive = b"".join(parts)
    return over_base(layer_of(archive, GZIP, igzip.compress(archive, 1)), flawed=True)


def _alone(*parts: bytes) -> Image:
    """Make an image of one layer whose package database is known only if its archive is understood."""
    return build_image([layer_of(b"".join((_OS_RELEASE, *parts, tar.END)))])


def _of_entries(entries: dict[str, Entry]) -> Image:
    return over_base(build_layer(entries))


def _gzip_bomb() -> Image:
    return _of_blob(GZIP, igzip.compress(bytes(256 * _MIB), 1))


def _zstd_bomb() -> Image:
    return _of_blob(ZSTD, zstandard.ZstdCompressor(level=1).compress(bytes(256 * _MIB)))


def _zstd_window() -> Image:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, compression_level=1)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return _of_blob(ZSTD, packer.compress(bytes(_MIB)) + packer.flush())


def _many_members() -> Image:
    archive = tar.member(b"a", b"") + tar.END
    return _of_blob(GZIP, gzip.compress(b"", mtime=0) * 200_000 + gzip.compress(archive, mtime=0), archive, flawed=True)


def _cut_gzip() -> Image:
    return _of_blob(GZIP, gzip.compress(tar.member(b"a", bytes(range(256)) * 40), mtime=0)[:-30])


def _wrong_diff_id() -> Image:
    honest = debian_layer({"zlib": "1"})
    return over_base(honest._replace(diff_id=sha256(b"another archive")))


def million_entries() -> Image:
    """Make an image with a million empty files."""
    # A thousand headers do not fit into the window of deflate: they stay far below the ratio of a bomb.
    headers = b"".join(tar.header(b"d/%06d" % number) for number in range(1000))
    return _of_large_archive(headers * 1000, tar.END)


def _entries_many_times() -> Image:
    archive = tar.header(b"d/1") * 500_000 + tar.END
    return over_base(*[layer_of(archive, GZIP, igzip.compress(archive, 3))] * 15)


def _copies_of_a_flaw() -> Image:
    stanza = (
        "Package: copy-%d\nStatus: install ok installed\nSource: openssl\nVersion: 3.0.1-1\nArchitecture: amd64\n\n"
    )
    return _alone(tar.member(_STATUS, "".join(stanza % number for number in range(60_000)).encode()))


def _many_links() -> Image:
    headers = (tar.header(b"l/%06d" % number, flag=b"2", target=b"%06d" % (number + 1)) for number in range(100_000))
    return _of_large_archive(*headers, tar.END)


def _deep_links() -> Image:
    # Only above a layer that has links is anything looked up.
    return over_base(build_layer({"a": Symlink("b")}), _deep_layer(b"x"), _deep_layer(b"y"))


def _deep_layer(name: bytes) -> Layer:
    parts = (
        tar.extended(path=b"%04d/" % number + b"a/" * 2000 + name) + tar.header(b"x", flag=b"2", target=b"y")
        for number in range(100)
    )
    archive = b"".join(parts) + tar.END
    return layer_of(archive, GZIP, igzip.compress(archive, 1))


def _corrupted(registry: DockerRegistry, image: Image) -> None:
    path = registry.blob_path(_last_layer(image))
    content = path.read_bytes()
    # The time in the header of gzip: what is inflated stays the same.
    path.write_bytes(content[:4] + bytes((content[4] ^ 1,)) + content[5:])


def _shortened(registry: DockerRegistry, image: Image) -> None:
    path = registry.blob_path(_last_layer(image))
    path.write_bytes(path.read_bytes()[:-20])


def _last_layer(image: Image) -> str:
    return list(image.blobs)[-1]


def _unlike(number: int) -> Image:
    """Make an image whose last layer no other case has."""
    return over_base(build_layer({"some/file": b"%d" % number}))


def _sparse_status() -> Image:
    mapped = b"%011o\0%011o\0" % (0, len(_FLAWED))
    sparse = tar.header(_STATUS, len(_FLAWED), flag=b"S", more=mapped)
    return _alone(sparse + _FLAWED + bytes(-len(_FLAWED) % 512))


def _pax_sparse_status() -> Image:
    return _alone(tar.extended(GNU_sparse_name=_STATUS, GNU_sparse_major=b"1"), tar.member(b"x", _FLAWED))


def _compressions() -> Iterator[Case]:
    corrupt = "layer-corrupt"
    yield Case("gzip-bomb", _gzip_bomb, NOT_ASSESSED, "inflate ratio")
    yield Case("zstd-bomb", _zstd_bomb, NOT_ASSESSED, "inflate ratio")
    yield Case("zstd-window", _zstd_window, NOT_ASSESSED, "zstd window bytes")
    yield Case("gzip-of-200000-members", _many_members, UNHEALTHY)
    yield Case("gzip-cut-off", _cut_gzip, NOT_ASSESSED, "the gzip stream is cut off")
    yield Case("gzip-that-is-none", lambda: _of_blob(GZIP, b"no gzip"), NOT_ASSESSED, corrupt)
    yield Case("zstd-that-is-none", lambda: _of_blob(ZSTD, b"no zstd"), NOT_ASSESSED, "the zstd stream is damaged")
    yield Case("unknown-media-type", lambda: _of_blob("application/x-rar", b"x"), NOT_ASSESSED, "layer-unsupported")
    yield Case("wrong-diff-id", _wrong_diff_id, NOT_ASSESSED, "digest-mismatch")
    yield Case("wrong-digest", lambda: _unlike(1), NOT_ASSESSED, "digest-mismatch", _corrupted)
    yield Case("shorter-than-promised", lambda: _unlike(2), NOT_ASSESSED, "blob-truncated", _shortened)


def _contents() -> Iterator[Case]:
    corrupt = "layer-corrupt"
    yield Case("archive-cut-off", lambda: _of_archive(tar.header(b"a", 10_000)), NOT_ASSESSED, corrupt)
    yield Case("archive-of-noise", lambda: _of_archive(b"\x55" * 5120), NOT_ASSESSED, corrupt)
    yield Case("million-entries", million_entries, UNHEALTHY)
    yield Case("half-a-million-entries-fifteen-times", _entries_many_times, NOT_ASSESSED, "the limit inventory bytes")
    yield Case("sixty-thousand-copies-of-a-flaw", _copies_of_a_flaw, NOT_ASSESSED, "the limit findings")
    yield Case("hundred-thousand-links", _many_links, UNHEALTHY)
    yield Case("links-in-deep-folders", _deep_links, NOT_ASSESSED, "link lookups")


def _headers() -> Iterator[Case]:
    corrupt = "layer-corrupt"
    yield Case("huge-entry", lambda: _of_archive(tar.header(b"a", 8**11 - 1)), NOT_ASSESSED, corrupt)
    odd_sizes = {"overflow": b"\x80" + b"\xff" * 11, "negative": b"\xff" * 12, "not-octal": b"99999999999\0"}
    for name, field in odd_sizes.items():
        archive = tar.header(b"a", size_field=field) + tar.END
        yield Case(f"size-{name}", partial(_of_archive, archive), NOT_ASSESSED, corrupt)
    yield Case("wrong-checksum", lambda: _of_archive(bytes([65]) + tar.header(b"a")[1:]), NOT_ASSESSED, "checksum")
    hidden = tar.extended(size=b"%d" % len(_FLAWED)) + tar.member(_STATUS, _FLAWED, size_field=b"00000000000\0")
    yield Case("size-differs-from-extended-header", lambda: _alone(hidden), UNHEALTHY)
    yield Case(
        "extended-header-of-noise",
        lambda: _of_archive(tar.member(b"p", b"no records", flag=b"x")),
        NOT_ASSESSED,
        corrupt,
    )
    yield Case("extended-header-size-negative", lambda: _of_archive(tar.extended(size=b"-1")), NOT_ASSESSED, corrupt)
    large = tar.extended(comment=bytes(2 * _MIB))
    yield Case("extended-header-of-2-MiB", lambda: _of_archive(large), NOT_ASSESSED, "extended header bytes")


def _paths() -> Iterator[Case]:
    long = tar.member(b"L", b"d/" * 3000, flag=b"L") + tar.member(b"x", b"")
    yield Case("path-of-6000-bytes", lambda: _of_archive(long), NOT_ASSESSED, "path length")
    nul = tar.extended(path=b"a\0b") + tar.member(b"x", b"")
    yield Case("path-with-a-nul", lambda: _of_archive(nul), NOT_ASSESSED, "NUL")
    for name, path in {"absolute": b"/", "dot-dot": b"../../", "inner-dot-dot": b"a/../../", "doubled": b".//"}.items():
        archive = tar.member(path + _STATUS, _FLAWED)
        yield Case(f"path-{name}", partial(_alone, archive), UNHEALTHY)
    yield Case("sparse-database", _sparse_status, NOT_ASSESSED, "sparse")
    yield Case("sparse-database-by-extended-header", _pax_sparse_status, NOT_ASSESSED, "sparse")


def _links() -> Iterator[Case]:
    cycle: dict[str, Entry] = {STATUS: Symlink("a"), "var/lib/dpkg/a": Symlink("b"), "var/lib/dpkg/b": Symlink("a")}
    yield Case("links-in-a-circle", lambda: _of_entries(cycle), NOT_ASSESSED, "links without end")
    for name, target in {"up": "../../../../../../etc/shadow", "absolute": "/proc/1/environ"}.items():
        linked: dict[str, Entry] = {STATUS: Symlink(target)}
        yield Case(f"link-out-{name}", partial(_of_entries, linked), NOT_ASSESSED, "a link to")
    unread = tar.member(b"unread", _FLAWED) + tar.header(_STATUS, flag=b"1", target=b"unread")
    yield Case("hard-link-to-what-was-not-read", lambda: _alone(unread), NOT_ASSESSED, "a hard link to unread")
    other = tar.member(_STATUS, _SOUND) + tar.header(b"lib/apk/db/installed", flag=b"1", target=_STATUS)
    yield Case("hard-link-to-another-database", lambda: _alone(other), NOT_ASSESSED, "a hard link to")


def _whiteouts() -> Iterator[Case]:
    for name in (".wh.", ".wh..", ".wh..."):
        archive = tar.member(b"a/" + name.encode(), b"") + tar.END
        yield Case(f"whiteout-{name}", partial(_of_archive, archive), NOT_ASSESSED, "names no file")
    gone: dict[str, Entry] = {"var/lib/dpkg/.wh.status": b""}
    yield Case("database-deleted", lambda: _of_entries(gone), NOT_ASSESSED, "no package database")


CASES = (*_compressions(), *_contents(), *_headers(), *_paths(), *_links(), *_whiteouts())
