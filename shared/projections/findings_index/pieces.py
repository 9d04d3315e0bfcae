"""Pieces of what is shown of images, such as upgrades and layers: most images have theirs in common with others.

A list of them is kept as their numbers, of four bytes each.
"""

from __future__ import annotations

import hashlib
import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

_NUMBERS = "I"


def put_pieces(connection: sqlite3.Connection, pieces: Sequence[object]) -> bytes:
    """Write the pieces that are not there, and give the numbers of all."""
    return array(_NUMBERS, [_number(connection, msgspec.json.encode(piece)) for piece in pieces]).tobytes()


def _number(connection: sqlite3.Connection, content: bytes) -> int:
    name = hashlib.sha256(content).digest()[:16]
    found = connection.execute("SELECT id FROM piece WHERE hash = ?", (name,)).fetchone()
    if found is None:
        found = connection.execute("INSERT INTO piece VALUES (NULL, ?, ?) RETURNING id", (name, content)).fetchone()
    return int(found[0])


def prune_pieces(connection: sqlite3.Connection) -> None:
    """Delete pieces that no image has any more."""
    used = set[int]()
    for lists in connection.execute("SELECT upgrades, layers FROM image"):
        used.update(*map(_numbers, lists))
    unused = [(number,) for (number,) in connection.execute("SELECT id FROM piece") if number not in used]
    connection.executemany("DELETE FROM piece WHERE id = ?", unused)


def _numbers(packed: bytes) -> array[int]:
    return array(_NUMBERS, packed)


@dataclass
class PieceReader[Piece]:
    """Reads pieces of one type, of which equal ones are one object."""

    decoder: msgspec.json.Decoder[Piece]
    _known: dict[int, Piece] = field(default_factory=dict)

    def read(self, connection: sqlite3.Connection, packed: bytes) -> tuple[Piece, ...]:
        """Return the pieces of a list."""
        numbers = _numbers(packed)
        for number in numbers:
            if number not in self._known:
                self._known[number] = self._decoded(connection, number)
        return tuple([self._known[number] for number in numbers])

    def _decoded(self, connection: sqlite3.Connection, number: int) -> Piece:
        [content] = connection.execute("SELECT content FROM piece WHERE id = ?", (number,)).fetchone()
        return self.decoder.decode(content)
