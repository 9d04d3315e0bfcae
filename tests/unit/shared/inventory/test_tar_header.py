import tarfile
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.tar_header import TarError, parse_header


def block_of(name: str = "a/b", size: int = 10, layout: Literal[0, 1, 2] = tarfile.USTAR_FORMAT) -> bytearray:
    member = tarfile.TarInfo(name)
    member.size = size
    return bytearray(member.tobuf(layout)[-512:])


def resealed(block: bytearray, *, signed: bool = False) -> bytes:
    counted = bytes(block[:148]) + b" " * 8 + bytes(block[156:])
    total = sum(byte - 256 if signed and byte > 127 else byte for byte in counted)
    block[148:156] = b"%06o\0 " % total
    return bytes(block)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=99), st.integers(0, 8**11 - 1))
def test_a_header_written_by_the_standard_library_is_read(name: str, size: int) -> None:
    header = parse_header(bytes(block_of(name, size)))
    assert (header.name, header.size, header.flag, header.link) == (name.encode(), size, b"0", b"")


def test_a_long_ustar_name_is_joined_from_its_two_fields() -> None:
    name = "d" * 100 + "/" + "f" * 90
    assert parse_header(bytes(block_of(name))).name == name.encode()


def test_the_prefix_of_a_gnu_header_is_no_name() -> None:
    block = block_of(layout=tarfile.GNU_FORMAT)
    block[345:350] = b"12345"
    assert parse_header(resealed(block)).name == b"a/b"


def test_a_size_in_base_256_is_read() -> None:
    assert parse_header(bytes(block_of(size=2**40, layout=tarfile.GNU_FORMAT))).size == 2**40


@pytest.mark.parametrize("field", [b"         12 ", b"12\0         ", b"00000000012 ", b" 12\0garbage"])
def test_octal_numbers_may_be_padded_on_both_sides(field: bytes) -> None:
    block = block_of()
    block[124:136] = field.ljust(12, b"\0")[:12]
    assert parse_header(resealed(block)).size == 0o12


@pytest.mark.parametrize(
    "field", [b"0o12", b"1_2", b"-1", b"+1", b"18", b"\xff" * 12, b"\x80" + b"\xff" * 11, b"0x1", b"1 2"]
)
def test_other_numbers_are_refused(field: bytes) -> None:
    block = block_of()
    block[124:136] = field.ljust(12, b"\0")
    with pytest.raises(TarError, match="number"):
        parse_header(resealed(block))


def test_an_empty_size_is_zero() -> None:
    block = block_of()
    block[124:136] = bytes(12)
    assert parse_header(resealed(block)).size == 0


def test_a_checksum_of_signed_bytes_is_accepted() -> None:
    block = block_of("é")
    assert parse_header(resealed(block, signed=True)).name == "é".encode()


@given(st.integers(0, 147) | st.integers(156, 511), st.integers(1, 255))
def test_any_changed_byte_breaks_the_checksum(position: int, change: int) -> None:
    block = block_of()
    block[position] = (block[position] + change) % 256
    with pytest.raises(TarError, match="checksum"):
        parse_header(bytes(block))


@given(st.binary(min_size=512, max_size=512))
def test_any_block_is_read_or_refused(block: bytes) -> None:
    with pytest.raises(TarError):
        parse_header(block)
