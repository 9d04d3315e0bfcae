"""What must hold of a whole service once every message is worked off: the log's own laws and those of what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec

from shared.domain import image, image_index
from shared.domain.image import ImageState
from shared.domain.image_health import ImageHealth, rules_for
from shared.domain.references import ImageId
from shared.domain.stored_names import STREAM_KINDS
from shared.eventlog.streams import image_of, index_stream
from shared.projections.billing import BilledImage
from shared.projections.generations import Generation
from tests.support.faults.log_laws import check_log, stored_streams
from tests.support.faults.stage import Stage, Worker


def check(stage: Stage) -> None:
    """Check all laws of a service that has come to rest."""
    worker = stage.worker()
    rows = list(stage.table("events").query("PartitionKey ge @first", {"first": ""}))
    check_log(rows)
    check_directory(stored_streams(rows), worker)
    check_answers(worker)
    check_generations(worker)
    check_tags(worker)


def check_directory(written: Collection[str], worker: Worker) -> None:
    """Every stream that has events is in the stream directory."""
    known = {str(name) for kind in STREAM_KINDS for name in worker.log.streams(kind)}
    assert known.issuperset(written), f"not in the directory: {set(written) - known}"


def check_answers(worker: Worker) -> None:
    """Every scan that was asked for has ended."""
    for about, state in _images(worker):
        assert not state.open_scans, f"{about.digest} waits for ever for the scans {list(state.open_scans)}"
    for name in worker.log.streams("index"):
        index = image_index.fold(worker.log.load(name).events)
        assert not index.open_scans, f"{name} waits for ever for the scans {list(index.open_scans)}"


def check_generations(worker: Worker) -> None:
    """Every generation that is in use equals the log; one that is being built, as far as it has been replayed."""
    building = worker.generations.pointer().building
    for generation in worker.generations.fed():
        whole = generation.number != building or worker.builds.finished(generation.number)
        check_rows(worker, generation, whole)
        check_bill(worker, generation, whole)


def check_rows(worker: Worker, generation: Generation, whole: bool) -> None:
    """Every row equals the fold of its stream under the rules in force."""
    now = worker.world.clock()
    active = worker.rules.book().active(now)
    for about, state in _images(worker):
        found = generation.images.get(about)
        if found is None and not whole:
            continue
        name = f"{about.digest} in generation {generation.number}"
        assert found is not None, f"{name} has events and no row"
        row = found[0]
        assert row.version == state.version, f"the row of {name} stands at {row.version} of {state.version}"
        assert row.state == state, f"the row of {name} holds another state than its events give"
        expected = worker.projector.answer(about, state, rules_for(about, state, active), now)
        assert row.answer == expected, f"the row of {name} shows what its events do not say"


def check_bill(worker: Worker, generation: Generation, whole: bool) -> None:
    """The bill equals what the log says, each image is on it once, and totals equal their recomputation."""
    charged = [
        BilledImage(about.registry, state.charge.repository, about.digest, state.charge.at, state.charge.event_id)
        for about, state in _images(worker)
        if state.charge is not None
    ]
    billed = [charge for _, charge in generation.billing.entries()]
    wrong = Counter(billed) - Counter(charged) or (whole and Counter(charged) - Counter(billed))
    assert not wrong, f"the bill of generation {generation.number} is not what the log says: {wrong}"
    for month in {charge.month for charge in charged}:
        count = sum(charge.month == month for charge in billed)
        total = generation.billing.total(month)
        assert total == count, f"the total of {month} in generation {generation.number} is {total}, not {count}"


def check_tags(worker: Worker) -> None:
    """No tag names two manifests at a time, and none an index that is gone."""
    owners: dict[tuple[str, str], set[str]] = {}
    for about, state in _images(worker):
        for repository, use in state.repositories.items():
            for tag in use.current_tags:
                index, since = use.tags[tag].index, use.tags[tag].since
                owners.setdefault((repository, tag), set()).add(index or about.digest)
                if index is not None:
                    known = image_index.fold(worker.log.load(index_stream(about.registry, index)).events)
                    gone = image_index.deleted_since(known, repository, since)
                    assert not gone, f"{about.digest} has the tag {tag} of an index that was deleted"
    doubled = {tag: digests for tag, digests in owners.items() if len(digests) > 1}
    assert not doubled, f"tags of two manifests: {doubled}"


class Picture(NamedTuple):
    """What users see of a service at rest, without what depends on when a worker came to it."""

    images: dict[str, ImageHealth]
    rules: frozenset[tuple[str, bool]]
    charged: frozenset[str]


def picture(stage: Stage) -> Picture:
    """Take the picture of a service that has come to rest."""
    worker = stage.worker()
    shown = {answer.health.digest: _timeless(answer.health) for answer in worker.images.listed()}
    rules = frozenset((rule.id, rule.removed is not None) for rule in worker.rules.book().rules.values())
    charged = frozenset(about.digest for about, state in _images(worker) if state.charge is not None)
    return Picture(shown, rules, charged)


def _timeless(health: ImageHealth) -> ImageHealth:
    repositories = tuple(sorted(health.repositories))
    return msgspec.structs.replace(health, last_scan=None, repository="", repositories=repositories)


def _images(worker: Worker) -> Iterator[tuple[ImageId, ImageState]]:
    for name in worker.log.streams("image"):
        stream = worker.log.load(name)
        if stream.version:
            yield image_of(name), image.fold(stream.events)
