import gzip
import hashlib
from collections.abc import Iterable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.inflate import inflate
from shared.inventory.limits import Meter, ScanLimits
from tests.unit.shared.inventory.layer_making import GZIP, PLAIN, ZSTD, chunked, digest_of

CONTENT = bytes(range(256)) * 5000


def inflated(
    chunks: Iterable[bytes], media_type: str = GZIP, content: bytes = CONTENT, limits: ScanLimits | None = None
) -> bytes:
    meter = Meter(limits or ScanLimits(), "sha256:layer")
    return b"".join(inflate(chunks, media_type=media_type, diff_id=digest_of(content), meter=meter))


def reason_of(chunks: Iterable[bytes], media_type: str = GZIP, limits: ScanLimits | None = None) -> FailureReason:
    with pytest.raises(ScanFailure, match="layer sha256:layer") as caught:
        inflated(chunks, media_type, limits=limits)
    return caught.value.reason


@pytest.mark.parametrize("size", [1, 7, 1000, 10_000_000])
def test_gzip_inflates_however_it_is_cut(size: int) -> None:
    assert inflated(chunked(gzip.compress(CONTENT, 1), size)) == CONTENT


@pytest.mark.parametrize("size", [3, 1000, 10_000_000])
def test_a_gzip_stream_of_several_members_is_one_layer(size: int) -> None:
    members = gzip.compress(CONTENT[:1000]) + gzip.compress(b"") + gzip.compress(CONTENT[1000:])
    assert inflated(chunked(members, size)) == CONTENT


def test_thousands_of_empty_members_cost_no_quadratic_time() -> None:
    members = gzip.compress(CONTENT) + gzip.compress(b"") * 50_000
    assert inflated([members], limits=ScanLimits(seconds=60)) == CONTENT


def test_zeros_after_the_last_member_are_padding() -> None:
    assert inflated([gzip.compress(CONTENT) + bytes(100), bytes(100)]) == CONTENT


@pytest.mark.parametrize("size", [1, 1000, 10_000_000])
def test_zstd_inflates_however_it_is_cut(size: int) -> None:
    frames = zstandard.compress(CONTENT[:1000]) + zstandard.compress(CONTENT[1000:])
    assert inflated(chunked(frames, size), ZSTD) == CONTENT


def test_skippable_zstd_frames_are_skipped() -> None:
    skippable = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    assert inflated([skippable + zstandard.compress(CONTENT) + skippable], ZSTD) == CONTENT


def test_a_plain_layer_passes_as_it_is() -> None:
    assert inflated(chunked(CONTENT), PLAIN) == CONTENT


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    ],
)
def test_the_media_types_of_docker_and_of_foreign_layers_are_read(media_type: str) -> None:
    assert inflated([gzip.compress(CONTENT)], media_type) == CONTENT


@pytest.mark.parametrize(
    "media_type", ["", "application/json", GZIP + "+encrypted", "application/vnd.oci.empty.v1+json"]
)
def test_an_unknown_media_type_is_unsupported(media_type: str) -> None:
    assert reason_of([CONTENT], media_type) is FailureReason.LAYER_UNSUPPORTED


def test_an_unknown_digest_algorithm_is_unsupported() -> None:
    meter = Meter(ScanLimits(), "sha256:layer")
    with pytest.raises(ScanFailure, match="diff_id 'md5:00'") as caught:
        list(inflate([CONTENT], media_type=PLAIN, diff_id="md5:00", meter=meter))
    assert caught.value.reason is FailureReason.LAYER_UNSUPPORTED


def test_a_sha512_diff_id_is_checked_too() -> None:
    meter = Meter(ScanLimits(), "sha256:layer")
    right = "sha512:" + hashlib.sha512(CONTENT).hexdigest()
    assert b"".join(inflate([CONTENT], media_type=PLAIN, diff_id=right, meter=meter)) == CONTENT
    with pytest.raises(ScanFailure, match="names diff_id sha512:0") as caught:
        list(inflate([CONTENT], media_type=PLAIN, diff_id="sha512:0", meter=meter))
    assert caught.value.reason is FailureReason.DIGEST_MISMATCH


@pytest.mark.parametrize("kept", [0, 1, 10, 1000, -9, -8, -1])
def test_a_truncated_gzip_stream_is_corrupt(kept: int) -> None:
    assert reason_of([gzip.compress(CONTENT)[:kept]]) is FailureReason.LAYER_CORRUPT


def test_a_second_member_that_is_cut_off_is_corrupt() -> None:
    assert reason_of([gzip.compress(CONTENT) + gzip.compress(b"more")[:-4]]) is FailureReason.LAYER_CORRUPT


def test_garbage_after_the_last_member_is_corrupt() -> None:
    assert reason_of([gzip.compress(CONTENT) + b"garbage, and more of it"]) is FailureReason.LAYER_CORRUPT


def test_a_wrong_checksum_is_corrupt() -> None:
    assert reason_of([gzip.compress(CONTENT)[:-8] + bytes(8)]) is FailureReason.LAYER_CORRUPT


def test_a_damaged_zstd_frame_is_corrupt() -> None:
    assert reason_of([b"not zstd at all"], ZSTD) is FailureReason.LAYER_CORRUPT


def test_a_truncated_zstd_frame_never_passes() -> None:
    assert reason_of([zstandard.compress(CONTENT)[:-5]], ZSTD) is FailureReason.DIGEST_MISMATCH


def test_other_content_than_the_configuration_names_is_a_mismatch() -> None:
    assert reason_of([gzip.compress(CONTENT + b"!")]) is FailureReason.DIGEST_MISMATCH


def test_sixty_four_kilobytes_may_become_sixty_four_megabytes() -> None:
    content = bytes(64 * 1024 * 1024)
    compressed = gzip.compress(content)
    assert len(compressed) < 70_000
    pieces = inflate(
        [compressed], media_type=GZIP, diff_id=digest_of(content), meter=Meter(ScanLimits(), "sha256:layer")
    )
    assert sum(map(len, pieces)) == len(content)


@pytest.mark.parametrize(("media_type", "compress"), [(GZIP, gzip.compress), (ZSTD, zstandard.compress)])
def test_a_bomb_is_stopped_by_its_ratio(media_type: str, compress) -> None:  # type: ignore[no-untyped-def]
    limits = ScanLimits(ratio=100, ratio_free_bytes=1024 * 1024)
    with pytest.raises(ScanFailure, match=r"inflate ratio: [0-9]+ bytes inflate to more than 100 times that") as caught:
        inflated([compress(bytes(16 * 1024 * 1024))], media_type, limits=limits)
    assert caught.value.reason is FailureReason.LIMIT_EXCEEDED


def test_a_bomb_comes_out_in_small_pieces() -> None:
    content = bytes(16 * 1024 * 1024)
    for media_type, compressed in ((GZIP, gzip.compress(content)), (ZSTD, zstandard.compress(content))):
        meter = Meter(ScanLimits(), "sha256:layer")
        pieces = inflate([compressed], media_type=media_type, diff_id=digest_of(content), meter=meter)
        assert max(map(len, pieces)) <= 256 * 1024


def test_a_zstd_window_beyond_the_limit_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=24)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    compressed = stream.compress(CONTENT) + stream.flush()
    limits = ScanLimits(zstd_window_bytes=8 * 1024 * 1024)
    assert reason_of([compressed], ZSTD, limits) is FailureReason.LIMIT_EXCEEDED


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=2000), st.sampled_from((GZIP, ZSTD, PLAIN)), st.booleans())
def test_any_bytes_give_the_promised_content_or_a_scan_failure(tail: bytes, media_type: str, headed: bool) -> None:
    whole = {GZIP: gzip.compress(tail), ZSTD: zstandard.compress(tail), PLAIN: b""}[media_type]
    with pytest.raises(ScanFailure):
        inflated([(whole[:10] if headed else b"") + tail], media_type)
