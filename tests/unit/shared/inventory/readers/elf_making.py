"""Make ELF files with sections that are not loaded, byte for byte."""

from struct import pack

LOADED = 4096


def elf(sections: dict[bytes, bytes], *, bits: int = 64, order: str = "<", loaded: int = LOADED) -> bytes:
    """Return a program of one segment, with the sections, their names and their headers behind it."""
    word = "Q" if bits == 64 else "I"
    body, headers, names = b"", [], b"\0"
    for name, content in {**sections, b".shstrtab": b""}.items():
        started = len(names)
        names += name + b"\0"
        content = content if name != b".shstrtab" else names
        headers.append(_section(order, word, started, loaded + len(body), len(content)))
        body += content
    header_size = 64 if bits == 64 else 52
    segment = _segment(order, bits, 1, 0, loaded) + _segment(order, bits, 4, 0, loaded * 3)
    ident = b"\x7fELF" + bytes((2 if bits == 64 else 1, 1 if order == "<" else 2, 1)) + bytes(9)
    table = loaded + len(body)
    rest = pack(order + "HHI" + word * 3, 3, 62, 1, 0, header_size, table)
    sizes = (header_size, len(segment) // 2, 2, len(headers[0]), len(headers) + 1, len(headers))
    head = ident + rest + pack(order + "I6H", 0, *sizes) + segment
    return head.ljust(loaded, b"\0") + body + bytes(len(headers[0])) + b"".join(headers)


def _section(order: str, word: str, name: int, place: int, size: int) -> bytes:
    return pack(f"{order}II4{word}II2{word}", name, 1, 0, 0, place, size, 0, 0, 1, 0)


def _segment(order: str, bits: int, kind: int, place: int, size: int) -> bytes:
    if bits == 64:
        return pack(order + "II6Q", kind, 5, place, place, place, size, size, 4096)
    return pack(order + "8I", kind, place, place, place, size, size, 5, 4096)
