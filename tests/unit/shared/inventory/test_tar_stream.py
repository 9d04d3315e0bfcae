import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.limits import Meter, ScanLimits
from shared.inventory.tar_stream import Kind, Member, TarStream
from tests.unit.shared.inventory.layer_making import chunked, file, folder, hard_link, link, tar

LAYOUTS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
ENTRIES = (
    folder("a"),
    file("a/one", b"1" * 1000),
    link("a/two", "one"),
    hard_link("a/three", "a/one"),
    file("a/empty"),
    file("a/four", b"4" * 512),
)


def walk(archive: bytes, limits: ScanLimits | None = None, chunk: int = 700) -> list[tuple[Member, bytes]]:
    stream = TarStream(iter(chunked(archive, chunk)), Meter(limits or ScanLimits(), "sha256:layer"))
    return [(member, stream.body()) for member in stream.members()]


def failure_of(archive: bytes, limits: ScanLimits | None = None) -> ScanFailure:
    with pytest.raises(ScanFailure, match="layer sha256:layer") as caught:
        walk(archive, limits)
    return caught.value


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("chunk", [1, 511, 512, 513, 100_000])
def test_every_member_is_found_however_the_stream_is_cut(layout: int, chunk: int) -> None:
    found = walk(tar(*ENTRIES, layout=layout), chunk=chunk)

    assert [(member.path, member.kind, member.target, body) for member, body in found] == [
        (b"a", Kind.DIRECTORY, b"", b""),
        (b"a/one", Kind.FILE, b"", b"1" * 1000),
        (b"a/two", Kind.SYMBOLIC_LINK, b"one", b""),
        (b"a/three", Kind.HARD_LINK, b"a/one", b""),
        (b"a/empty", Kind.FILE, b"", b""),
        (b"a/four", Kind.FILE, b"", b"4" * 512),
    ]


@pytest.mark.parametrize("chunk", [1, 512, 100_000])
def test_bodies_that_nobody_asks_for_are_passed_over(chunk: int) -> None:
    stream = TarStream(iter(chunked(tar(*ENTRIES), chunk)), Meter(ScanLimits(), "sha256:layer"))
    assert [member.path for member in stream.members()][-1] == b"a/four"


@pytest.mark.parametrize("layout", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_and_targets_are_read(layout: int) -> None:
    name, target = "d/" * 300 + "é", "t/" * 200 + "t"
    (member, _), (plain, _) = walk(tar(link(name, target), file("plain"), layout=layout))

    assert (member.path.decode(), member.target.decode()) == (name, target)
    assert plain.path == b"plain"


@given(st.integers(1, 600), st.lists(st.tuples(st.sampled_from(["take", "some", "skip"]), st.integers(0, 1500))))
def test_a_body_may_be_read_in_parts(chunk: int, steps: list[tuple[str, int]]) -> None:
    content = bytes(range(256)) * 8
    archive = tar(file("a", content), file("b", b"next"))
    stream = TarStream(iter(chunked(archive, chunk)), Meter(ScanLimits(), "sha256:1"))
    members = stream.members()
    assert next(members).path == b"a"
    at = 0
    for step, size in steps:
        if step == "skip":
            stream.skip(size)
            at = min(at + size, len(content))
            continue
        part = stream.take(size) if step == "take" else stream.some(size)
        assert part == content[at : at + len(part)]
        assert len(part) == min(size, len(content) - at) or (step == "some" and 0 < len(part) < size)
        at += len(part)
    assert stream.body() == content[at:]
    assert next(members).path == b"b"
    assert stream.body() == b"next"


def test_a_pax_size_is_the_size_of_the_body() -> None:
    member, body = file("a", b"12345")
    member.pax_headers = {"size": "5"}
    archive = bytearray(tar((member, body), file("b", b"b"), layout=tarfile.PAX_FORMAT))
    at = archive.rindex(b"00000000005\0")
    header = archive[at - 124 : at - 124 + 512]
    header[124:136] = b"00000000000\0"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 256 + sum(header[156:]))
    archive[at - 124 : at - 124 + 512] = header

    assert [body for _, body in walk(bytes(archive))] == [b"12345", b"b"]


def test_a_global_pax_header_changes_nothing_as_in_the_runtimes() -> None:
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": "other", "comment": "c"}
    ) as archive:
        archive.addfile(*_with_stream(file("a", b"1")))
    assert [(member.path, body) for member, body in walk(buffer.getvalue())] == [(b"a", b"1")]


def test_a_body_of_a_directory_is_not_skipped_as_in_the_runtimes() -> None:
    member, _ = folder("a")
    member.size = 512
    archive = member.tobuf(tarfile.USTAR_FORMAT) + tar(file("b"), layout=tarfile.USTAR_FORMAT)
    assert [member.path for member, _ in walk(archive)] == [b"a", b"b"]


def test_an_old_directory_is_known_by_its_slash() -> None:
    member = tarfile.TarInfo("old/")
    member.type = tarfile.AREGTYPE
    block = bytearray(member.tobuf(tarfile.USTAR_FORMAT))
    block[:5] = b"old/\0"
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 256 + sum(block[156:]))
    assert [(member.path, member.kind) for member, _ in walk(bytes(block))] == [(b"old", Kind.DIRECTORY)]


def test_devices_are_seen_and_pass() -> None:
    member = tarfile.TarInfo("dev/null")
    member.type = tarfile.CHRTYPE
    assert [member.kind for member, _ in walk(tar((member, b"")))] == [Kind.OTHER]


def test_an_old_gnu_sparse_file_is_marked_and_its_map_is_passed_over() -> None:
    block = bytearray(tarfile.TarInfo("sparse").tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"00000000003\0"
    block[156:157] = b"S"
    block[482] = 1
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 256 + sum(block[156:]))
    more = bytearray(512)
    more[504] = 1
    archive = bytes(block + more + bytes(512) + b"abc".ljust(512, b"\0")) + tar(file("next"))

    found = walk(archive)
    assert [(member.path, member.sparse, body) for member, body in found] == [
        (b"sparse", True, b"abc"),
        (b"next", False, b""),
    ]


def test_an_archive_may_end_without_its_two_blocks_of_zeros() -> None:
    archive = tar(file("a", b"1"))[:1024]
    assert [member.path for member, _ in walk(archive)] == [b"a"]
    assert walk(b"") == []


def test_what_follows_the_end_of_the_archive_is_read_and_ignored() -> None:
    pieces = iter([tar(file("a")), b"x" * 10_000])
    stream = TarStream(pieces, Meter(ScanLimits(), "sha256:layer"))
    assert len(list(stream.members())) == 1
    assert next(pieces, None) is None


@pytest.mark.parametrize("kept", [100, 511, 513, 1000, 1025])
def test_an_archive_that_is_cut_off_is_corrupt(kept: int) -> None:
    archive = tar(file("a", b"1"), file("b", b"2"), layout=tarfile.USTAR_FORMAT)[:kept]
    failure = failure_of(archive)
    assert failure.reason is FailureReason.LAYER_CORRUPT


def test_a_wrong_checksum_is_corrupt() -> None:
    archive = bytearray(tar(file("a")))
    archive[3] ^= 1
    failure = failure_of(bytes(archive))
    assert failure.reason is FailureReason.LAYER_CORRUPT
    assert "checksum" in failure.message


def test_a_header_after_a_single_block_of_zeros_is_corrupt() -> None:
    assert failure_of(bytes(512) + tar(file("a"))).reason is FailureReason.LAYER_CORRUPT


def test_a_malformed_extended_header_is_corrupt() -> None:
    member = tarfile.TarInfo("PaxHeader")
    member.type, member.size = tarfile.XHDTYPE, 4
    archive = member.tobuf(tarfile.USTAR_FORMAT) + b"junk".ljust(512, b"\0") + tar(file("a"))
    assert failure_of(archive).reason is FailureReason.LAYER_CORRUPT


def test_too_many_entries_are_a_named_breach() -> None:
    archive = tar(*(file(f"f{number}") for number in range(11)))
    assert len(walk(archive, ScanLimits(entries=11))) == 11
    failure = failure_of(archive, ScanLimits(entries=10))
    assert (failure.reason, "entries: more than 10" in failure.message) == (FailureReason.LIMIT_EXCEEDED, True)


@pytest.mark.parametrize("layout", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("entry", [file("p" * 5000), link("a", "t" * 5000)])
def test_too_long_a_path_is_a_named_breach(layout: int, entry: tuple[tarfile.TarInfo, bytes]) -> None:
    failure = failure_of(tar(entry, layout=layout))
    assert (failure.reason, "path length" in failure.message) == (FailureReason.LIMIT_EXCEEDED, True)


def test_too_long_an_extended_header_is_a_named_breach() -> None:
    member, body = file("a")
    member.pax_headers = {"comment": "c" * 2000}
    failure = failure_of(tar((member, body)), ScanLimits(extended_header_bytes=1000))
    assert (failure.reason, "extended header bytes" in failure.message) == (FailureReason.LIMIT_EXCEEDED, True)


names = st.text(st.characters(min_codepoint=48, max_codepoint=1000), min_size=1, max_size=150)


@settings(deadline=None)
@given(st.lists(st.tuples(names, st.binary(max_size=1500))), st.sampled_from(LAYOUTS[1:]), st.integers(1, 3000))
def test_archives_agree_with_the_standard_library(files: list[tuple[str, bytes]], layout: int, chunk: int) -> None:
    archive = tar(*(file(name, body) for name, body in files), layout=layout)
    with tarfile.open(fileobj=io.BytesIO(archive)) as oracle:
        expected = [(member.name.encode(), _body(oracle, member)) for member in oracle]

    assert [(member.path, body) for member, body in walk(archive, chunk=chunk)] == expected


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_any_bytes_give_members_or_a_scan_failure(noise: bytes, at: int) -> None:
    archive = tar(*ENTRIES)[:at] + noise
    with suppress(ScanFailure):
        assert len(walk(archive)) <= len(ENTRIES)


def _with_stream(entry: tuple[tarfile.TarInfo, bytes]) -> tuple[tarfile.TarInfo, io.BytesIO]:
    return entry[0], io.BytesIO(entry[1])


def _body(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    assert stream
    return stream.read()
