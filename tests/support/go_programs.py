"""Make ELF programs with the build information of Go, byte for byte; only what a scanner looks at is in them."""

from struct import calcsize, pack

_PAGE = 4096
_BASE = 0x400000
_START, _END = bytes.fromhex("3077af0c92740802 41e1c107e6d618e6"), bytes.fromhex("f932433186182072 00824210 4116d8f2")
_SMALLEST = 256 * 1024

MODULES = """path\texample.com/shop/cmd/shop
mod\texample.com/shop\t(devel)\t
dep\tgithub.com/gin-gonic/gin\tv1.6.0\th1:abc=
dep\tgolang.org/x/sys\tv0.1.0\th1:def=
=>\tgithub.com/fork/sys\tv0.2.0\th1:ghi=
dep\tk8s.io/api\tv0.0.0
=>\t./staging/api\t(devel)\t
build\t-compiler=gc
"""


def go_program(
    version: str = "go1.22.1",
    modules: str = MODULES,
    *,
    pointed: bool = False,
    bits: int = 64,
    order: str = "<",
    internal: bool = True,
    before: bytes = b"",
    constants: bytes = b"",
) -> bytes:
    """Make a program: ``pointed`` as before Go 1.18, ``internal`` as Go's own linker does.

    ``before`` stands before the build information in the data, and ``constants`` after the strings.
    """
    marked = _START + modules.encode() + _END if modules else b""
    constants = bytes(100) + version.encode() + marked + constants
    text_at, constants_at = _PAGE, _PAGE + _SMALLEST
    data_at = constants_at + -(-len(constants) // _PAGE) * _PAGE
    if pointed:
        info = _pointed(bits, order, constants_at + 100, len(version), len(marked), data_at + len(before))
    else:
        info = _inline(version.encode(), marked)
    data = before + info
    segments = [(5, text_at, _SMALLEST), (4, constants_at, len(constants)), (6, data_at, len(data))]
    head = _head(bits, order, segments, internal, 32 if pointed else len(info), data_at)
    return b"".join(
        (head.ljust(text_at, b"\0"), bytes(_SMALLEST), constants.ljust(data_at - constants_at, b"\0"), data)
    )


def _inline(version: bytes, modules: bytes) -> bytes:
    header = b"\xff Go buildinf:" + bytes((8, 2)) + bytes(16)
    return header + _varint(len(version)) + version + _varint(len(modules)) + modules + bytes(64)


def _pointed(bits: int, order: str, strings: int, version: int, modules: int, at: int) -> bytes:
    word = f"{order}{'Q' if bits == 64 else 'I'}"
    size = calcsize(word)
    headers = _BASE + at + 32
    info = b"\xff Go buildinf:" + bytes((size, order == ">")) + pack(word, headers) + pack(word, headers + 2 * size)
    info = info.ljust(32, b"\0") + pack(word, _BASE + strings) + pack(word, version)
    return info + pack(word, _BASE + strings + version) + pack(word, modules) + bytes(64)


def _head(
    bits: int, order: str, segments: list[tuple[int, int, int]], internal: bool, info_size: int, info_at: int
) -> bytes:
    wide = bits == 64
    file_size, entry_size, section_size = (64, 56, 64) if wide else (52, 32, 40)
    count = len(segments) + 1
    sections_at = file_size + count * entry_size if internal else 0
    note_at = 2048
    head = b"\x7fELF" + bytes((2 if wide else 1, 1 if order == "<" else 2, 1)) + bytes(9)
    word = "Q" if wide else "I"
    head += pack(
        f"{order}HHI3{word}I6H",
        2,
        62,
        1,
        0,
        file_size,
        sections_at,
        0,
        file_size,
        entry_size,
        count,
        section_size,
        2 if internal else 0,
        1,
    )
    for kind, flags, at, size in ((4, 4, note_at, 100), *((1, *segment) for segment in segments)):
        place = (at, _BASE + at, _BASE + at, size, size)
        fields = (kind, flags, *place, _PAGE) if wide else (kind, *place, flags, _PAGE)
        head += pack(f"{order}2I6Q" if wide else f"{order}8I", *fields)
    if internal:
        head += bytes(section_size)
        head += pack(f"{order}2I4{word}2I2{word}", 1, 1, 3, _BASE + info_at, info_at, info_size, 0, 0, 16, 0)
    return head.ljust(note_at, b"\0") + pack(f"{order}III", 4, 83, 4) + b"Go\0\0" + bytes(84)


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
