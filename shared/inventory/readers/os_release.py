"""The distribution of an image: os-release(5)."""

import re

from shared.domain.packages import Distribution
from shared.inventory.interface import FileFacts
from shared.inventory.readers.fields import LONGEST_VALUE, printable

_ASSIGNMENT = re.compile(rb"^(ID|VERSION_ID|PRETTY_NAME)=(.*)$", re.MULTILINE)
_ESCAPE = re.compile(r'\\(["$`\\])')


def read_os_release(_path: str, content: bytes) -> FileFacts:
    """Read ``ID`` (``linux`` if there is none), ``VERSION_ID`` and ``PRETTY_NAME``."""
    values = {key: _unquoted(value) for key, value in _ASSIGNMENT.findall(content)}
    return FileFacts(
        distribution=Distribution(
            id=values.get(b"ID") or "linux",
            version_id=values.get(b"VERSION_ID", ""),
            name=values.get(b"PRETTY_NAME", ""),
        )
    )


def _unquoted(value: bytes) -> str:
    text = printable(value.strip()[:LONGEST_VALUE].decode("utf-8", "replace"))
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        inner = text[1:-1]
        return _ESCAPE.sub(r"\1", inner) if text[0] == '"' else inner
    return text
