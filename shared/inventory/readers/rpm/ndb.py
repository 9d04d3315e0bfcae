"""Header blobs of ``Packages.db``, rpm's own database: slots that say where the blobs lie in blocks of 16 bytes.

Format: ``lib/backend/ndb/rpmpkg.c`` of rpm.
"""

from collections.abc import Iterator
from struct import Struct

from shared.inventory.readers.rpm.failures import BadDatabase, Budget

MAGIC = b"RpmP"
_HEADER = Struct("<4sIII16x")
_SLOT = Struct("<4sIII")
_BLOB = Struct("<4sI4xI")
_TAIL = Struct("<4xI4s")
_PAGE = 4096
_BLOCK = 16


def header_blobs(content: bytes) -> Iterator[bytes]:
    """Yield the blob of every slot that is taken, or raise BadDatabase, maybe after some."""
    if len(content) < _HEADER.size:
        raise BadDatabase("it is cut off")
    magic, version, _generation, pages = _HEADER.unpack_from(content)
    if magic != MAGIC or version != 0:
        raise BadDatabase(f"it is an ndb database of version {version}")
    end = pages * _PAGE
    if end > len(content):
        raise BadDatabase("it is cut off")
    budget = Budget(len(content))
    for mark, package, block, blocks in _SLOT.iter_unpack(content[_HEADER.size : end]):
        if mark != b"Slot":
            raise BadDatabase("a slot has no mark")
        if block:
            budget.take(blocks * _BLOCK)
            yield _blob(content[block * _BLOCK : (block + blocks) * _BLOCK], package)


def _blob(stored: bytes, package: int) -> bytes:
    if len(stored) < _BLOB.size + _TAIL.size:
        raise BadDatabase(f"the header of package {package} is cut off")
    mark, owner, size = _BLOB.unpack_from(stored)
    size_again, end = _TAIL.unpack_from(stored, len(stored) - _TAIL.size)
    if (mark, owner, end) != (b"BlbS", package, b"BlbE") or size != size_again or size > len(stored) - 28:
        raise BadDatabase(f"the header of package {package} is damaged")
    return stored[_BLOB.size : _BLOB.size + size]
