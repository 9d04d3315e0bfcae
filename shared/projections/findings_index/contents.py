"""What is written into the index: images, the reports that they name, and which rules their findings meet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.domain.exploits import ExploitSignals, NoSignals, pressure, urgency
from shared.domain.finding_criteria import package_names
from shared.domain.findings import flaw_names
from shared.domain.image_health import ruled_image, worst_image_first
from shared.domain.references import ImageId
from shared.domain.upgrades import upgrade_of
from shared.projections.findings_index.bare_findings import content_hash, decoded, packed, parted, unpacked
from shared.projections.findings_index.kept_rules import KeptRule
from shared.projections.findings_index.pasts import put_past, remove_past
from shared.projections.findings_index.pieces import prune_pieces, put_pieces
from shared.projections.image_rows import ImageRow

type Taken = tuple[ImageId, ImageRow, str]
"""An image, its row, and the row's ETag."""


class State(NamedTuple):
    """How far the index is: of which generation, whether all of it, its last change, and the newest row seen.

    ``signals`` names the exploit signals that order the findings.
    """

    build: str
    generation: int
    complete: bool
    number: int
    written: datetime | None
    signals: str = ""


class StoredReport(msgspec.Struct, frozen=True):
    """A report as far as the index needs it: each finding is decoded only where its content is new."""

    findings: tuple[msgspec.Raw, ...]


@dataclass(frozen=True)
class Contents:
    """The content of an open file; nothing is kept of a ``transaction`` that ends with an error."""

    connection: sqlite3.Connection
    signals: ExploitSignals = field(default_factory=NoSignals)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is written within, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def state(self) -> State:
        """Return how far the index is."""
        build, generation, complete, number, written, signals = self.connection.execute(
            "SELECT * FROM state"
        ).fetchone()
        at = datetime.fromisoformat(written) if written else None
        return State(build, generation, bool(complete), number, at, signals)

    def put_state(self, state: State) -> None:
        """Note how far the index is."""
        written = state.written.isoformat() if state.written else None
        self.connection.execute(
            "UPDATE state SET generation = ?, complete = ?, number = ?, written = ?, signals = ?",
            (state.generation, state.complete, state.number, written, state.signals),
        )

    def etag(self, image: ImageId) -> str:
        """Return of which version of its row an image was taken; empty where it must be taken anew."""
        found = self.connection.execute(
            "SELECT etag FROM image WHERE registry = ? AND digest = ? AND problem = ''", image
        ).fetchone()
        return str(found[0]) if found else ""

    def etags(self) -> dict[ImageId, str]:
        """Return the same of all images that are there."""
        rows = self.connection.execute("SELECT registry, digest, etag, problem FROM image WHERE etag <> ''")
        return {ImageId(registry, digest): "" if problem else etag for registry, digest, etag, problem in rows}

    def put_image(self, taken: Taken, number: int, problem: str, rules: Sequence[KeptRule]) -> None:
        """Write an image, whose report is there unless there is a problem with it."""
        image, row, etag = taken
        health, lineage = row.answer.health, row.answer.lineage
        found = self.connection.execute(
            "INSERT INTO image VALUES (NULL, ?, ?, ?, ?, ?, (SELECT id FROM report WHERE name = ?), ?, ?, ?,"
            " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (registry, digest) DO UPDATE SET etag = excluded.etag,"
            " changed = excluded.changed, listed = excluded.listed, report = excluded.report,"
            " problem = excluded.problem, health = excluded.health, repository = excluded.repository,"
            " w0 = excluded.w0, w1 = excluded.w1, w2 = excluded.w2, w3 = excluded.w3, w4 = excluded.w4,"
            " w5 = excluded.w5, shown = excluded.shown, upgrades = excluded.upgrades,"
            " lineage = excluded.lineage, layers = excluded.layers RETURNING id",
            (
                *(image.registry, image.digest, etag, number, row.answer.listed, report_name(row), problem),
                *(health.health, health.repository, *worst_image_first(health)[:6]),
                *(msgspec.json.encode(health), put_pieces(self.connection, row.answer.upgrades)),
                msgspec.json.encode(msgspec.structs.replace(lineage, layers=())),
                put_pieces(self.connection, lineage.layers),
            ),
        ).fetchone()
        self.connection.execute("DELETE FROM image_repository WHERE image = ?", found)
        self.connection.executemany(
            "INSERT INTO image_repository VALUES (?, ?)", [(name, *found) for name in health.repositories]
        )
        self.connection.execute("DELETE FROM image_rule WHERE image = ?", found)
        ruled, narrow = ruled_image(health), [rule for rule in rules if rule.criteria.about_images]
        self._add("image_rule", [(*found, rule.place) for rule in narrow if rule.criteria.concern(ruled)])
        put_past(self.connection, found[0], image.registry, row.past)

    def remove_image(self, image: ImageId, number: int) -> None:
        """Take an image out whose row is there no more; what remains only tells that it went."""
        found = self.connection.execute(
            "UPDATE image SET etag = '', changed = ?, listed = 0, report = NULL, problem = '', upgrades = x'',"
            " layers = x'' WHERE registry = ? AND digest = ? RETURNING id",
            (number, *image),
        ).fetchone()
        remove_past(self.connection, found[0])

    def has_report(self, name: str) -> bool:
        """Say whether a report is there."""
        return self.connection.execute("SELECT 1 FROM report WHERE name = ?", (name,)).fetchone() is not None

    def put_report(self, name: str, report: StoredReport, rules: Sequence[KeptRule]) -> None:
        """Write a report that is not there, and the findings of it that are not."""
        row = self.connection.execute("INSERT INTO report VALUES (NULL, ?) RETURNING id", (name,)).fetchone()
        self.connection.executemany(
            "INSERT INTO report_part VALUES (?, ?, ?, ?)",
            [
                (row[0], turn, self._part(findings, rules), layer)
                for turn, (layer, findings) in enumerate(parted(report.findings).items())
            ],
        )

    def order_anew(self) -> None:
        """Order all findings by the signals, where they were ordered by others."""
        known = self.connection.execute("SELECT id, unexploited, epss, content FROM finding").fetchall()
        now = ((pressure(self.signals.of(unpacked(content))), number, was) for number, *was, content in known)
        self.connection.executemany(
            "UPDATE finding SET unexploited = ?, epss = ? WHERE id = ?",
            [(*place, number) for place, number, was in now if place != tuple(was)],
        )

    def prune(self) -> None:
        """Delete reports that no listed image names any more, and findings without a report."""
        for statement in (
            "DELETE FROM report WHERE id NOT IN (SELECT report FROM image WHERE listed AND report NOT NULL)",
            "DELETE FROM report_part WHERE report NOT IN (SELECT id FROM report)",
            "DELETE FROM part WHERE id NOT IN (SELECT part FROM report_part)",
            "DELETE FROM part_finding WHERE part NOT IN (SELECT id FROM part)",
            "DELETE FROM finding WHERE id NOT IN (SELECT finding FROM part_finding)",
            "DELETE FROM finding_flaw WHERE finding NOT IN (SELECT id FROM finding)",
            "DELETE FROM finding_package WHERE finding NOT IN (SELECT id FROM finding)",
            "DELETE FROM package WHERE id NOT IN (SELECT package FROM finding_package)",
            "DELETE FROM finding_rule WHERE finding NOT IN (SELECT id FROM finding)",
        ):
            self.connection.execute(statement)
        prune_pieces(self.connection)

    def _part(self, findings: Sequence[bytes], rules: Sequence[KeptRule]) -> int:
        name = content_hash(*findings)
        found = self.connection.execute("SELECT id FROM part WHERE hash = ?", (name,)).fetchone()
        if found:
            return int(found[0])
        row = self.connection.execute("INSERT INTO part VALUES (NULL, ?) RETURNING id", (name,)).fetchone()
        members = [(row[0], place, self._finding(bare, rules)) for place, bare in enumerate(findings)]
        self._add("part_finding", members)
        return int(row[0])

    def _finding(self, bare: bytes, rules: Sequence[KeptRule]) -> int:
        name = content_hash(bare)
        found = self.connection.execute("SELECT id FROM finding WHERE hash = ?", (name,)).fetchone()
        if found:
            return int(found[0])
        finding = decoded(bare)
        fixable, order = finding.fixed_version is not None, urgency(finding, self.signals.of(finding))
        number = self.connection.execute(
            "INSERT INTO finding VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (name, *order, fixable, *upgrade_of(finding), packed(bare)),
        ).lastrowid
        self._add("finding_flaw", [(flaw, number) for flaw in flaw_names(finding)])
        packages = [self._package(*pair) for pair in package_names(finding.package)]
        self._add("finding_package", [(package, number) for package in packages])
        self._add("finding_rule", [(number, rule.place) for rule in rules if rule.disables(finding)])
        return number or 0

    def _package(self, name: str, version: str) -> int:
        given = name, version
        found = self.connection.execute("SELECT id FROM package WHERE name = ? AND version = ?", given).fetchone()
        if found is None:
            found = self.connection.execute("INSERT INTO package VALUES (NULL, ?, ?) RETURNING id", given).fetchone()
        return int(found[0])

    def _add(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names of ours


def report_name(row: ImageRow) -> str:
    """Give the name of the report that an image's answer rests on; empty where there is none."""
    scan = row.state.last_scan
    return scan.event.report if scan else ""
