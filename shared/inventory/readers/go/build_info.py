"""The build information that Go's linker puts into the data of a program. Format: Go, ``debug/buildinfo``.

Since Go 1.18 the version and the modules follow its mark; before, pointers to two strings did.
"""

from struct import calcsize, unpack
from typing import NamedTuple

from shared.inventory.readers.go.memory import Memory

MARK = b"\xff Go buildinf:"
LONGEST_MODULES = 4 * 1024 * 1024

_HEADER = 32
_BIG_ENDIAN, _INLINE = 1, 2
_LONGEST_VERSION = 512
_LONGEST_VARINT = 10
_POINTERS = {4: "II", 8: "QQ"}
# Two marks of 16 bytes stand around the modules.
_AROUND = 16


class BuildInfo(NamedTuple):
    """The version of Go, such as ``go1.22.1``, and the lines about the modules."""

    version: str
    modules: str


def read_build_info(memory: Memory, address: int) -> BuildInfo | None:
    """Return the build information whose mark stands at an address, or None if none makes sense there."""
    header = memory.read(address, _HEADER)
    if len(header) < _HEADER:
        return None
    inline = header[15] & _INLINE
    version, modules = _inline(memory, address + _HEADER) if inline else _pointed(memory, header)
    if not version.startswith((b"go", b"devel")):
        return None
    around = len(modules) > 2 * _AROUND and modules[-_AROUND - 1] == ord("\n")
    lines = modules[_AROUND:-_AROUND] if around else b""
    return BuildInfo(version.decode("utf-8", "replace"), lines.decode("utf-8", "replace"))


def _inline(memory: Memory, address: int) -> tuple[bytes, bytes]:
    version, end = _counted(memory, address, _LONGEST_VERSION)
    modules, _end = _counted(memory, end, LONGEST_MODULES)
    return version, modules


def _counted(memory: Memory, address: int, longest: int) -> tuple[bytes, int]:
    """Return the bytes that follow their count, and where they end; nothing if they were not kept."""
    size = 0
    for place, byte in enumerate(memory.read(address, _LONGEST_VARINT)):
        size |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return _whole(memory, address + place + 1, size, longest), address + place + 1 + size
    return b"", address


def _pointed(memory: Memory, header: bytes) -> tuple[bytes, bytes]:
    pointers = _POINTERS.get(header[14])
    if pointers is None:
        return b"", b""
    layout = (">" if header[15] & _BIG_ENDIAN else "<") + pointers
    version, modules = unpack(layout, header[16 : 16 + calcsize(layout)])
    return _string(memory, version, layout, _LONGEST_VERSION), _string(memory, modules, layout, LONGEST_MODULES)


def _string(memory: Memory, address: int, layout: str, longest: int) -> bytes:
    header = _whole(memory, address, calcsize(layout), longest)
    start, size = unpack(layout, header) if header else (0, 0)
    return _whole(memory, start, size, longest)


def _whole(memory: Memory, address: int, size: int, longest: int) -> bytes:
    found = memory.read(address, size) if size <= longest else b""
    return found if len(found) == size else b""
