"""The header of an rpm package: an index of tags into a store of values.

Format: ``docs/manual/format_header.md`` of rpm, with the tags of ``include/rpm/rpmtag.h``.
"""

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct, unpack_from

from shared.inventory.readers.fields import text_of

_INTRO = Struct(">II")
_ENTRY = Struct(">IIII")
# As many as rpm itself takes (lib/header.c).
_MOST_ENTRIES = 65_536
_MOST_FILES = 250_000


class Tag(IntEnum):
    """The tags that are read."""

    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    ARCH = 1022
    FILEMODES = 1030
    SOURCERPM = 1044
    DIRINDEXES = 1116
    BASENAMES = 1117
    DIRNAMES = 1118
    MODULARITYLABEL = 5096


_SHORT, _INTEGER, _STRING, _STRINGS, _TRANSLATED = 3, 4, 6, 8, 9
_TYPES = dict.fromkeys(Tag, (_STRING, _TRANSLATED)) | {
    Tag.EPOCH: (_INTEGER,),
    Tag.FILEMODES: (_SHORT,),
    Tag.DIRINDEXES: (_INTEGER,),
    Tag.BASENAMES: (_STRINGS,),
    Tag.DIRNAMES: (_STRINGS,),
}


class BadHeader(ValueError):
    """A header that does not follow the format."""


class Header:
    """The tags of one header that are read; asking for their values raises BadHeader where they are malformed."""

    def __init__(self, blob: bytes) -> None:
        """Take a header as a database holds it, or raise BadHeader."""
        entries, size = _INTRO.unpack_from(blob) if len(blob) >= _INTRO.size else (0, 0)
        start = _INTRO.size + entries * _ENTRY.size
        if not 0 < entries <= _MOST_ENTRIES or start + size > len(blob):
            raise BadHeader("a header is cut off")
        self._blob = blob
        self._end = start + size
        self._found = {
            tag: (start + offset, count)
            for tag, kind, offset, count in _ENTRY.iter_unpack(blob[_INTRO.size : start])
            if tag in _TYPES and kind in _TYPES[tag]
        }

    def text(self, tag: Tag) -> str:
        """Return the text of a tag, the first of its translations, or nothing."""
        return text_of(next(self._strings(tag, most=1), b""))

    def epoch(self) -> int:
        """Return the epoch; a missing one is 0."""
        return next(iter(self._numbers(Tag.EPOCH, "I")), 0)

    def files(self) -> Iterator[tuple[bytes, bytes, int]]:
        """Yield the folder, the name and the mode of every file."""
        folders = tuple(self._strings(Tag.DIRNAMES, _MOST_FILES))
        names = self._strings(Tag.BASENAMES, _MOST_FILES)
        for name, index, mode in zip(
            names, self._numbers(Tag.DIRINDEXES, "I"), self._numbers(Tag.FILEMODES, "H"), strict=False
        ):
            if index >= len(folders):
                raise BadHeader("a file lies in no folder")
            yield folders[index], name, mode

    def _strings(self, tag: Tag, most: int) -> Iterator[bytes]:
        at, count = self._found.get(tag, (0, 0))
        for _ in range(min(count, most)):
            end = self._blob.find(b"\0", at, self._end)
            if end < 0:
                raise BadHeader(f"the tag {tag.name} is cut off")
            yield self._blob[at:end]
            at = end + 1

    def _numbers(self, tag: Tag, code: str) -> tuple[int, ...]:
        at, count = self._found.get(tag, (0, 0))
        count = min(count, _MOST_FILES)
        if at + count * (4 if code == "I" else 2) > self._end:
            raise BadHeader(f"the tag {tag.name} is cut off")
        return unpack_from(f">{count}{code}", self._blob, at)
