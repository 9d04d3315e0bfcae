"""The 512 bytes before each member of a tar archive: POSIX.1-2017, "ustar Interchange Format"; GNU tar manual, "Basic
Tar Format", for numbers in base 256.
"""

from struct import Struct

import msgspec
from isal.isal_zlib import adler32

BLOCK = 512
# name, size, checksum, type, link name, magic and version, prefix.
_FIELDS = Struct("100s24x12s12x8sc100s8s80x155s12x")
_USTAR = b"ustar\x0000"
_MAX_SIZE = 2**63 - 1
_ADLER_MODULUS = 65521


class TarError(ValueError):
    """A header that does not follow the format."""


class Header(msgspec.Struct, gc=False):
    """The fields of a header that matter here, names without their padding."""

    name: bytes
    size: int
    flag: bytes
    link: bytes


def parse_header(block: bytes) -> Header:
    """Return the fields of a header whose checksum is right, or raise TarError."""
    name, size, checksum, flag, link, magic, prefix = _FIELDS.unpack(block)
    stored = _number(checksum)
    # The checksum counts its own field as eight spaces. Adler-32 holds 1 + the sum of all bytes, modulo a prime, in
    # its low half, and is ten times faster than a sum in Python.
    rest = adler32(block[156:], adler32(block[:148])) & 0xFFFF
    if rest != (stored - 8 * 32 + 1) % _ADLER_MODULUS and stored != _signed_checksum(block):
        raise TarError("a tar header has a wrong checksum")
    name = name.partition(b"\0")[0]
    if prefix[0] and magic == _USTAR:
        name = prefix.partition(b"\0")[0] + b"/" + name
    return Header(name, _number(size), flag, link.partition(b"\0")[0] if link[0] else b"")


def sparse_map_continues(block: bytes, *, first: bool) -> bool:
    """Say whether a block of an old GNU sparse map follows the header, or the map block, at hand."""
    return block[482 if first else 504] != 0


def _number(field: bytes) -> int:
    digits = field.rstrip(b" \0")
    if not digits.isdigit():
        return _odd_number(field)
    try:
        return int(digits, 8)
    except ValueError as error:
        raise TarError(f"a tar header has the number {field!a}, which is not octal") from error


def _odd_number(field: bytes) -> int:
    digits = field.strip(b" \0").partition(b"\0")[0]
    if not digits:
        return 0
    if digits.isdigit() and not digits.strip(b"01234567"):
        return int(digits, 8)
    value = int.from_bytes(field[1:])
    if field[0] != 0x80 or value > _MAX_SIZE:
        raise TarError(f"a tar header has the number {field!a}")
    return value


def _signed_checksum(block: bytes) -> int:
    # Some old tar programs added the bytes as signed numbers; Go's archive/tar accepts both sums.
    counted = block[:148] + b" " * 8 + block[156:]
    return sum(byte - 256 if byte > 127 else byte for byte in counted)
