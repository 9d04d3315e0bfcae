"""Read a program while it goes by in the stream of a layer: what the linkers of Go and Rust left in it."""

from shared.inventory.interface import FileFacts
from shared.inventory.readers.elf_sections import HEAD, unloaded_start
from shared.inventory.readers.go.elf import MAGIC
from shared.inventory.readers.go.program import Body, read_go
from shared.inventory.readers.rust import LONGEST_TAIL, read_crates

SMALLEST = 256 * 1024
"""Programs of Go and Rust with anything in them are never smaller than this."""


def read_program(body: Body) -> FileFacts:
    """Return the Go modules or the crates of a program; a file that is none, or of another language, tells nothing."""
    size = body.left
    if body.take(len(MAGIC)) != MAGIC:
        return FileFacts()
    head = MAGIC + body.take(HEAD - len(MAGIC))
    facts = read_go(head, body)
    return facts if facts != FileFacts() else _crates(head, body, size)


def _crates(head: bytes, body: Body, size: int) -> FileFacts:
    start, at = unloaded_start(head), size - body.left
    if start is None or not at <= start < size <= start + LONGEST_TAIL:
        return FileFacts()
    body.skip(start - at)
    return read_crates(head, body.take(size - start), start)
