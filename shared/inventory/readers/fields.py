"""What the readers share: values of a sane size, and stanzas of ``Key: value`` lines."""

import re
from collections.abc import Iterator

LONGEST_VALUE = 512
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f]+(?: [^\s\x00-\x1f\x7f]+)*")
_NOT_NEWLINE = re.compile(rb"[^\n]")


def is_sane(value: str) -> bool:
    """Say whether a name or version has 1 to 512 characters, none of them a control character or odd space."""
    return 0 < len(value) <= LONGEST_VALUE and _VISIBLE.fullmatch(value) is not None


def sane_or_empty(value: str) -> str:
    """Return a value that is sane, and nothing in place of one that is not."""
    return value if is_sane(value) else ""


def text_of(value: bytes) -> str:
    """Return the value of a field as text without blanks around it; bytes that are not UTF-8 become U+FFFD."""
    return value.strip().decode("utf-8", "replace")


def stanzas(content: bytes) -> Iterator[bytes]:
    """Yield the parts between empty lines, none of them empty, in time linear in the content."""
    found = _NOT_NEWLINE.search(content)
    while found:
        end = content.find(b"\n\n", found.start())
        if end < 0:
            end = len(content)
        yield content[found.start() : end]
        found = _NOT_NEWLINE.search(content, end)


def shown(reasons: list[str]) -> str:
    """Word why parts of a file were left out: the first reason and how many more there are."""
    if len(reasons) < 2:
        return "".join(reasons)
    return f"{reasons[0]} (and {len(reasons) - 1} more)"
