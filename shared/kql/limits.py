"""What one query may have."""

import msgspec

QUERY_BYTES = 64 * 1024
NESTING = 50
"""Levels of brackets and the like; each takes about ten calls of the parser, of the 1,000 that Python allows."""
CHAIN = 100
"""How many operators may follow each other without brackets."""
STRING_CHARACTERS = 1024 * 1024
RESULT_BYTES = 16 * 1024 * 1024
OPERATORS = 10
"""How many joins, expansions or legs of a union a query may have, of each."""


class QueryLimits(msgspec.Struct, frozen=True):
    """The bounds of one query: intermediate rows, wall and processor seconds, and bytes of memory beyond the rows."""

    rows: int = 3_000_000
    seconds: float = 10.0
    cpu_seconds: int = 10
    memory_bytes: int = 768 * 1024 * 1024
