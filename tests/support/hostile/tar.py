"""Tar archives of headers that no tar program writes, block by block."""

BLOCK = 512
END = bytes(2 * BLOCK)


def header(
    path: bytes, size: int = 0, *, flag: bytes = b"0", target: bytes = b"", size_field: bytes = b"", more: bytes = b""
) -> bytes:
    """Make a header with a right checksum; ``size_field`` is written as it is, ``more`` from byte 386 on."""
    field = size_field or b"%011o\0" % size
    fields = path.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field + b"00000000000\0" + b" " * 8 + flag
    fields += target.ljust(100, b"\0") + b"ustar\x0000"
    block = bytearray(fields.ljust(386, b"\0") + more).ljust(BLOCK, b"\0")
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def member(path: bytes, body: bytes, *, flag: bytes = b"0", size_field: bytes = b"") -> bytes:
    """Make a member with its body and padding."""
    return header(path, len(body), flag=flag, size_field=size_field) + body + bytes(-len(body) % BLOCK)


def extended(**records: bytes) -> bytes:
    """Make an extended header; underscores in keywords stand for dots."""
    return member(b"pax", b"".join(_record(key.replace("_", "."), value) for key, value in records.items()), flag=b"x")


def _record(keyword: str, value: bytes) -> bytes:
    rest = b" " + keyword.encode() + b"=" + value + b"\n"
    length = len(rest) + len(str(len(rest)))
    length = len(rest) + len(str(length))
    return str(length).encode() + rest
