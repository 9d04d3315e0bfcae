"""Bringing the index up to date: what changed of the images table since, with the reports, and the rules in force.

Rows of the images table are never deleted, so that those written since the newest row that was seen are all that
changed. Clocks of the service may differ a little from partition to partition: a span before that row is looked at
again, and rows are told from what is there by their ETags. Now and then, and at the start of every process, the ETags
of all rows are compared, which finds whatever else happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

import msgspec

from shared.domain.exploits import ExploitSignals, NoSignals
from shared.domain.references import ImageId
from shared.projections.findings_index.contents import Contents, State, StoredReport, Taken, report_name
from shared.projections.findings_index.kept_rules import KeptRules
from shared.projections.generations import Generations
from shared.projections.image_rows import ImageTable, RowStamp
from shared.projections.rules import RuleReader
from shared.storage.documents import DocumentDamaged, DocumentMissing, DocumentStore

_OVERLAP = timedelta(seconds=15)
_SINGLE_READS = 24  # a query sends whole rows again that are in the overlap and did not change
_BATCH = 64
_READERS = 4


@dataclass(frozen=True)
class Refresh:
    """Follows the live generation; errors of the storage are raised, and what was written until then is kept."""

    generations: Generations
    rules: RuleReader
    reports: DocumentStore[StoredReport]
    now: Callable[[], datetime]
    signals: Callable[[], ExploitSignals] = NoSignals

    def __call__(self, contents: Contents, *, compare: bool) -> None:
        """Bring the index up to date; ``compare`` all rows instead of those written since."""
        book, at = self.rules.book(), self.now()
        kept = KeptRules(contents.connection)
        if kept.differ(book, at):
            with contents.transaction():
                kept.take_over(book, at)
        contents = replace(contents, signals=self.signals())
        generation, state = self.generations.live(), contents.state()
        if contents.signals.snapshot != state.signals:
            state = state._replace(number=state.number + 1, signals=contents.signals.snapshot)
            with contents.transaction():
                contents.order_anew()
                contents.put_state(state)
        if generation.number != state.generation:
            # Until all rows of the other generation were seen, nobody may take what is there for everything; without
            # the time of a row that was seen, all are looked at.
            state = state._replace(generation=generation.number, complete=False, written=None)
            with contents.transaction():
                contents.put_state(state)
        self._follow(contents, generation.images, state, compare=compare)

    def _follow(self, contents: Contents, images: ImageTable, state: State, *, compare: bool) -> None:
        since = None if compare or state.written is None else state.written - _OVERLAP
        stamps = list(images.stamps(since))
        known = contents.etags() if since is None else {stamp.image: contents.etag(stamp.image) for stamp in stamps}
        changed = {stamp.image for stamp in stamps if known.get(stamp.image) != stamp.etag}
        gone = known.keys() - {stamp.image for stamp in stamps} if since is None else frozenset[ImageId]()
        for part in batched(_rows(images, changed, since), _BATCH, strict=False):
            state = state._replace(number=state.number + 1)
            with contents.transaction():
                self._write(contents, part, state.number)
                contents.put_state(state)
        after = State(
            state.build,
            state.generation,
            True,
            state.number + bool(gone),
            _newest(stamps, state.written),
            state.signals,
        )
        if after == state and since is not None:
            return
        with contents.transaction():
            for image in gone:
                contents.remove_image(image, after.number)
            if since is None:
                contents.prune()
            contents.put_state(after)

    def _write(self, contents: Contents, taken: Sequence[Taken], number: int) -> None:
        problems: dict[str, str] = {}
        rules = KeptRules(contents.connection).all()
        wanted = dict.fromkeys(report_name(row) for _, row, _ in taken if row.answer.listed)
        for name, report in self._loaded([name for name in wanted if name and not contents.has_report(name)]):
            if isinstance(report, str):
                problems[name] = report
            else:
                contents.put_report(name, report, rules)
        for one in taken:
            contents.put_image(one, number, problems.get(report_name(one[1]), ""), rules)

    def _loaded(self, names: Sequence[str]) -> Iterator[tuple[str, StoredReport | str]]:
        """Yield reports, a few at a time: one may have hundreds of megabytes."""
        if not names:
            return
        with ThreadPoolExecutor(_READERS) as pool:
            for part in batched(names, _READERS, strict=False):
                yield from zip(part, pool.map(self._load, part), strict=True)

    def _load(self, name: str) -> StoredReport | str:
        try:
            return self.reports.load(name)
        except (DocumentMissing, DocumentDamaged, msgspec.MsgspecError) as error:
            return f"the report of the last scan cannot be read: {error}"


def _rows(images: ImageTable, changed: set[ImageId], since: datetime | None) -> Iterator[Taken]:
    if len(changed) <= _SINGLE_READS:
        for image in sorted(changed):
            if found := images.get(image):
                yield image, *found
    else:
        yield from (taken for taken in images.written_since(since) if taken[0] in changed)


def _newest(stamps: Sequence[RowStamp], before: datetime | None) -> datetime | None:
    times = [stamp.written for stamp in stamps]
    return max(times if before is None else [*times, before], default=None)
