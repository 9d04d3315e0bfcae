"""Read the bases of images: which layers, which image that is, and what a newer one would close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.domain.base_advice import ImageBase, image_base
from shared.domain.base_images import BaseImage, Family, Kin, NewerBase
from shared.domain.comparison import origin_of
from shared.domain.exploits import Exploits, ExploitSignals, summed
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.findings import Finding
from shared.domain.image_health import Health, JudgedFinding
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.findings_index.interface import FindingsIndex, Revision
from shared.projections.image_rows import ImageAnswer
from shared.services.kept_reports import ReportNotKept
from shared.services.query_images import ImageNotFound, QueryImages
from shared.storage.documents import DocumentMissing

type _Findings = Callable[[ImageId], Sequence[JudgedFinding]]


class _Closed(NamedTuple):
    severities: Mapping[str, int]
    exploits: Exploits


class FindingsUnknown(Exception):
    """The report of an image cannot be read: what it holds is not known, and must not look like nothing."""


@dataclass
class Bases:
    """The bases of all images as of a time; ``known`` are these images, those that are listed no more included.

    Findings are compared once for each newer base and each set of findings of the layers below, which most images on a
    base have in common. Newer bases that are among the ``left_open`` may have more than was found in them.
    """

    known: Sequence[ImageAnswer]
    family: Family
    findings: _Findings
    left_open: frozenset[ImageId]
    threshold: Severity
    signals: ExploitSignals
    _compared: dict[tuple[object, ...], _Closed | None] = field(default_factory=dict)
    _exploits: dict[tuple[str, ...], Exploits] = field(default_factory=dict)
    _flaws: dict[ImageId, frozenset[tuple[str, str, str]] | None] = field(default_factory=dict)

    def of(self, answer: ImageAnswer) -> ImageBase | None:
        """Return the base of an image, None where nothing can be said of it."""
        base = self.family.base_of(_kin(answer))
        if base is None:
            return None
        below = answer.lineage.layers[: base.layers]
        severities: Counter[str] = Counter()
        for layer in below:
            severities.update(layer.severities)
        closed = self._closed(answer, base) if base.newer else None
        return image_base(base, severities, answer.lineage.findings, closed.severities if closed else None)

    def exploits(self, answer: ImageAnswer, base: ImageBase) -> Exploits:
        """Sum up the exploitation of those findings of an image that a newer base closes, or else may close."""
        if not self.signals.snapshot:
            return Exploits()
        closed = self._closed(answer, base.base) if base.closes is not None else None
        if closed is not None:
            return closed.exploits
        below = answer.lineage.layers[: base.base.layers]
        key = tuple(layer.fingerprint for layer in below)
        if key not in self._exploits:
            self._exploits[key] = self._sum(
                self._counting(self._read(_id(answer)) or (), {layer.digest for layer in below})
            )
        return self._exploits[key]

    def _closed(self, answer: ImageAnswer, base: BaseImage) -> _Closed | None:
        below, newer = answer.lineage.layers[: base.layers], base.newer
        if newer is None or newer.health not in (Health.HEALTHY, Health.UNHEALTHY):
            return None
        key = newer.registry, newer.digest, tuple(layer.fingerprint for layer in below)
        if key not in self._compared:
            self._compared[key] = self._missing(answer, {layer.digest for layer in below}, newer)
        return self._compared[key]

    def _missing(self, answer: ImageAnswer, layers: set[str], newer: NewerBase) -> _Closed | None:
        """Count the findings of some layers that the newer base has not, whatever rules disable in that."""
        theirs, ours = self._flaws_of(ImageId(newer.registry, newer.digest)), self._read(_id(answer))
        if theirs is None or ours is None:
            return None
        closed = [finding for finding in self._counting(ours, layers) if origin_of(finding) not in theirs]
        return _Closed(Counter(str(finding.severity) for finding in closed), self._sum(closed))

    def _counting(self, judged: Sequence[JudgedFinding], layers: set[str]) -> list[Finding]:
        found = [one.finding for one in judged if one.disabled_by is None]
        return [one for one in found if one.package.layer in layers and one.severity.at_least(self.threshold)]

    def _sum(self, findings: Sequence[Finding]) -> Exploits:
        return summed(map(self.signals.of, findings))

    def _flaws_of(self, about: ImageId) -> frozenset[tuple[str, str, str]] | None:
        if about not in self._flaws:
            found = None if about in self.left_open else self._read(about)
            self._flaws[about] = None if found is None else frozenset(origin_of(one.finding) for one in found)
        return self._flaws[about]

    def _read(self, about: ImageId) -> Sequence[JudgedFinding] | None:
        try:
            return self.findings(about)
        except (ImageNotFound, ReportNotKept, DocumentMissing, FindingsUnknown):
            return None


@dataclass
class QueryBases:
    """Reads bases as they are now, or as the log knew them; those of now are kept while the index stays the same."""

    images: QueryImages
    index: FindingsIndex
    threshold: Severity
    signals: Callable[[datetime | None], ExploitSignals]
    _kept: tuple[Revision, Bases] | None = None

    def __call__(self, at: datetime | None) -> Bases:
        """Return the bases of all images."""
        if at is not None:
            return self._put_together(list(self.images.known(at)), lambda about: self.images.findings(about, at), at)
        index = self.index.settled()
        # The revision is asked for first: should the index change meanwhile, what is kept is only read again too soon.
        revision, kept = index.revision(), self._kept
        if kept is None or kept[0] != revision:
            known = _followed(index, kept, revision)
            kept = self._kept = revision, self._put_together(known, lambda about: _indexed(index, about), None)
        return kept[1]

    def one(self, answer: ImageAnswer, at: datetime | None) -> ImageBase | None:
        """Return the base of one image, None where nothing can be said of it."""
        if not answer.lineage.layers and not answer.lineage.stated:
            return None
        if at is None:
            return self(None).of(answer)
        then = [self.images.then(about, at) for about in self._relatives(answer)]
        known = [one for one in then if one]
        return self._put_together(known, lambda about: self.images.findings(about, at), at).of(answer)

    def _relatives(self, answer: ImageAnswer) -> list[ImageId]:
        """Name all images that the base of one may ever have been told from: layers of an image never change."""
        own, known = _digests(answer), self(None).known
        related = [one for one in known if _digests(one)[:1] == own[:1] != ()]
        below = [one for one in related if _digests(one) == own[: len(one.lineage.layers)]]
        tags = {tag for one in below for tag in _tags(one)}
        others = (one for one in known if not tags.isdisjoint(_tags(one)))
        return list({_id(one): None for one in (answer, *related, *others)})

    def _put_together(self, known: Sequence[ImageAnswer], findings: _Findings, at: datetime | None) -> Bases:
        left_open = frozenset(_id(one) for one in known if one.lineage.left_open)
        return Bases(known, Family(map(_kin, known)), findings, left_open, self.threshold, self.signals(at))


def _followed(index: FindingsIndex, kept: tuple[Revision, Bases] | None, revision: Revision) -> Sequence[ImageAnswer]:
    """Return all images that are known, of which those are read that changed since."""
    if kept is None or kept[0].build != revision.build:
        return list(index.known())
    before = kept[0]
    known = {_id(one): one for one in kept[1].known}
    # What is known of an image itself does not follow from the rules of the moment, but from its row.
    for gone in index.changes(before._replace(rules=revision.rules)):
        known.pop(gone, None)
    known.update((_id(one), one) for one in index.known(before))
    return list(known.values())


def _indexed(index: FindingsIndex, about: ImageId) -> Sequence[JudgedFinding]:
    criteria = FindingCriteria(registry=about.registry, digest=about.digest)
    found = [judged for _, judged in index.findings(criteria)]
    if not found and list(index.unreadable(criteria)):
        raise FindingsUnknown
    return found


def _id(answer: ImageAnswer) -> ImageId:
    return ImageId(answer.health.registry, answer.health.digest)


def _digests(answer: ImageAnswer) -> tuple[str, ...]:
    return tuple(layer.digest for layer in answer.lineage.layers)


def _tags(answer: ImageAnswer) -> Iterator[tuple[str, str, str]]:
    return ((answer.health.registry, span.repository, span.tag) for span in answer.lineage.tags)


def _kin(answer: ImageAnswer) -> Kin:
    return Kin(answer.health, answer.lineage, answer.listed)
