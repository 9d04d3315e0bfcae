"""What the readers share: values of a sane size, and stanzas of ``Key: value`` lines."""

import re
from collections.abc import Iterator

LONGEST_VALUE = 512
MOST_STANZAS = 250_000
LONGEST_JSON = 8 * 1024 * 1024
"""What one list of packages may hold: each of its bytes may cost a hundred in memory."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_VISIBLE = re.compile(r"[^ ]++(?: [^ ]++)*+")
_NOT_NEWLINE = re.compile(rb"[^\n]")


def is_sane(value: str) -> bool:
    """Say whether a name or version has 1 to 512 characters, none of which a terminal obeys or a reader cannot see."""
    return 0 < len(value) <= LONGEST_VALUE and value.isprintable() and _VISIBLE.fullmatch(value) is not None


def sane_or_empty(value: str) -> str:
    """Return a value that is sane, and nothing in place of one that is not."""
    return value if is_sane(value) else ""


def printable(text: str) -> str:
    """Return a text with U+FFFD in place of what no reader sees: control characters, and those that turn a line."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)


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


class Reasons:
    """Why parts of a file were left out: the first reason and how many more there are, whatever their number."""

    def __init__(self) -> None:
        self._first = ""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __str__(self) -> str:
        # Names of files and packages stand in it as they are.
        first = printable(self._first)
        return f"{first} (and {self._count - 1} more)" if self._count > 1 else first

    def append(self, reason: str) -> None:
        """Count a reason, and keep it if it is the first."""
        self._first = self._first or reason
        self._count += 1
