"""What is made of the rows of an answer, one after the other, while they are read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.domain.findings import Finding
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.domain.lineage import LayerFindings, Lineage
from shared.domain.references import ImageId
from shared.domain.upgrades import Upgrade
from shared.projections.findings_index.bare_findings import in_layer, unpacked
from shared.projections.findings_index.interface import FindingPosition, Found, Unreadable
from shared.projections.findings_index.pieces import PieceReader
from shared.projections.image_rows import ImageAnswer

type _Rows = Iterable[tuple[Any, ...]]
type ReadRows[Answer] = Callable[[sqlite3.Connection, _Rows], Iterator[Answer]]
"""Makes answers of rows, with the file at hand that they are of."""

_HEALTH = msgspec.json.Decoder(ImageHealth)
_LINEAGE = msgspec.json.Decoder(Lineage)
_HASH = FindingPosition._fields.index("content")


@dataclass(frozen=True)
class AnswerReader:
    """Reads the rows of ``queries.images`` and ``queries.known``: what images have in common is one object."""

    upgrades: PieceReader[Upgrade] = field(default_factory=lambda: PieceReader(msgspec.json.Decoder(Upgrade)))
    layers: PieceReader[LayerFindings] = field(default_factory=lambda: PieceReader(msgspec.json.Decoder(LayerFindings)))

    def __call__(self, connection: sqlite3.Connection, rows: _Rows) -> Iterator[ImageAnswer]:
        """Yield images."""
        for shown, upgrades, lineage, layers, *listed in rows:
            of_layers = self.layers.read(connection, layers)
            yield ImageAnswer(
                _HEALTH.decode(shown),
                self.upgrades.read(connection, upgrades),
                bool(listed[0]) if listed else True,
                msgspec.structs.replace(_LINEAGE.decode(lineage), layers=of_layers),
            )


def found_in(connection: sqlite3.Connection, rows: _Rows) -> Iterator[Found]:
    """Yield the findings of rows of ``queries.found``."""
    images: dict[int, ImageHealth] = {}
    last: tuple[int, Finding] | None = None
    for image, shown, number, content, rule, *position in rows:
        if image not in images:
            images[image] = _HEALTH.decode(shown)
        if last is None or last[0] != number:
            last = number, unpacked(content)
        stands = FindingPosition._make((*position[:_HASH], position[_HASH].hex(), *position[_HASH + 1 :]))
        yield Found(images[image], JudgedFinding(in_layer(last[1], stands.layer), rule), stands)


def unreadable_in(connection: sqlite3.Connection, rows: _Rows) -> Iterator[Unreadable]:
    """Yield the images of rows of ``queries.unreadable``."""
    for shown, problem in rows:
        yield Unreadable(_HEALTH.decode(shown), problem)


def ids_in(connection: sqlite3.Connection, rows: _Rows) -> Iterator[ImageId]:
    """Yield the images that rows name."""
    for registry, digest in rows:
        yield ImageId(registry, digest)
