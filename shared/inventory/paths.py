"""Paths of tar members, as a container runtime would place them below the root of the image."""

_UNCLEAN_STARTS = frozenset((b"", b"/", b"."))


def normalise(path: bytes) -> bytes:
    """Return a path without leading slash, empty parts, ``.`` and ``..``; the root itself is the empty path.

    ``..`` is taken lexically and stops at the root, as containerd does when it unpacks a layer.
    """
    # Nearly every path is clean but for a leading ./ and needs not be taken apart.
    path = path.removeprefix(b"./").rstrip(b"/")
    if b"/." not in path and b"//" not in path and path[:1] not in _UNCLEAN_STARTS:
        return path
    parts: list[bytes] = []
    for part in path.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)


def text(path: bytes) -> str:
    r"""Return a path as text; bytes that are not UTF-8 become ``\xNN``, so that different paths stay different."""
    return path.decode("utf-8", "backslashreplace")
