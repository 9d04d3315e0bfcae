"""Long random histories: what a registry, its users, operators and timers do, drawn from a seed: late, twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ScanRequested, Trigger
from shared.domain.media_types import OCI_INDEX
from shared.domain.rules import RuleScope
from shared.projections.builds import PARTS
from tests.support.examples import START, deletion, digest, finding, image_id, pull, push, report
from tests.support.faults import stories
from tests.support.faults.gates import RandomFaults
from tests.support.faults.old_schema import by_an_old_worker
from tests.support.faults.rebuilds import begins, drops, replays, rolls_back, switches
from tests.support.faults.stage import Deed, Stage, Worker
from tests.support.faults.stepped_storage import Gate, open_gate
from tests.support.memory_app import Clock, MemoryAdvisories, World, index_manifest

# Images 7 to 9 are those of the indexes. They and indexes are not deleted: an index that is deleted before a worker
# came to it cannot be looked into any more, so that what is known of its images does depend on how soon one came.
_DELETED = range(1, 7)
_IMAGES = range(1, 10)
_INDEXES = {10: (7, 8), 11: (8, 9)}
_TAGS = ("v1", "v2", "latest", None)
_REPOSITORIES = ("app", "web")
_MOST_LATE = 10  # minutes
_LONGEST_REBUILD = 25  # deeds
_MOST_TRIES = 40  # of an operator
_FLAWS = ("CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003")

type _Makers = Sequence[tuple[int, Callable[[int], Deed]]]


@dataclass
class History:
    """Draws one deed after the other."""

    random: Random
    told: list[Deed] = field(default_factory=list)
    rules: int = 0

    def deeds(self, count: int) -> Iterator[Deed]:
        """Yield the deeds of a history."""
        for number in range(count):
            if self.told and self.random.random() < 0.15:
                yield self.random.choice(self.told)  # an event that is delivered again
                continue
            if self.random.random() < 0.2:
                yield self._draw(self._told_once)(number)
                continue
            self.told.append(self._draw(self._told_again)(number))
            yield self.told[-1]

    @property
    def _told_again(self) -> _Makers:
        return ((40, self._push), (8, self._push_index), (12, self._delete), (15, self._pull), (6, self._disable))

    @property
    def _told_once(self) -> _Makers:
        """What looks at the world of its own time: much later it would be another deed."""
        return ((6, self._change_advisories), (8, self._ask), (4, self._enable), (2, self._sweep))

    def _draw(self, makers: _Makers) -> Callable[[int], Deed]:
        return self.random.choices([make for _, make in makers], [weight for weight, _ in makers])[0]

    def _push(self, number: int) -> Deed:
        told = push(
            f"push{number}",
            self.random.choice(_IMAGES),
            self._minute(number),
            tag=self.random.choice(_TAGS),
            repository=self.random.choice(_REPOSITORIES),
        )
        return lambda worker: worker.record_push(told)

    def _push_index(self, number: int) -> Deed:
        about = self.random.choice(list(_INDEXES))
        tag = self.random.choice(_TAGS)
        told = push(f"index{number}", about, self._minute(number), tag=tag, media_type=OCI_INDEX)
        return lambda worker: worker.record_push(told)

    def _delete(self, number: int) -> Deed:
        about, repository = self.random.choice(_DELETED), self.random.choice(_REPOSITORIES)
        told = deletion(f"delete{number}", about, self._minute(number), repository)
        return lambda worker: worker.receive_event.record_deletion(told)

    def _pull(self, number: int) -> Deed:
        days_ago = self.random.randrange(3)
        told = pull(f"pull{number}", self.random.choice(_IMAGES), self._minute(number) - days_ago * 24 * 60)

        def record(worker: Worker) -> None:
            worker.read_pull_log.record_pull(told)

        return by_an_old_worker(record) if self.random.random() < 0.5 else record

    def _disable(self, number: int) -> Deed:
        self.rules += 1
        scope = RuleScope(repository=self.random.choice((None, *_REPOSITORIES)))
        rule = FindingDisabled(f"rule{self.rules}", scope, Criteria(cves=(self.random.choice(_FLAWS),)), "why", "ann")
        return stories.disables(rule)

    def _enable(self, number: int) -> Deed:
        return stories.enables(f"rule{self.random.randint(1, self.rules + 1)}")

    def _ask(self, number: int) -> Deed:
        return stories.asks(f"request{number}", digest(self.random.choice(_IMAGES)))

    def _change_advisories(self, number: int) -> Deed:
        found = report([finding(flaw) for flaw in _FLAWS if self.random.random() < 0.5])

        def change(worker: Worker) -> None:
            worker.world.advisories = MemoryAdvisories(f"snapshot{number}", found)
            for about in _IMAGES:
                if worker.state(about).version:
                    wanted = ScanRequested(f"advisory{number}", "app", Trigger.ADVISORY)
                    worker.request_scan.of_image(image_id(about), wanted, cause=f"snapshot{number}", actor="timer")

        return change

    def _sweep(self, number: int) -> Deed:
        return sweep

    def _minute(self, number: int) -> float:
        late = self.random.randint(0, _MOST_LATE) if self.random.random() < 0.3 else 0
        return number - late + number / 1000  # no two at one time: which of them came first could not be told


def live_through(
    seed: int, count: int, gate: Gate = open_gate, order: Random | None = None, stage: Stage | None = None
) -> Stage:
    """Let a history happen, a minute between two deeds, then a time without faults; return what there is at rest.

    With an ``order`` workers fall behind, and take messages as it says; without it they are always done in time.
    """
    stage = stage or Stage(world())
    if Random(f"walks {seed}").random() < 0.3:  # drawn apart, as rebuilds are
        stage.slices = stories.ONE_BY_ONE
    rebuild = rebuild_in_the_middle(seed, count)
    if isinstance(gate, RandomFaults):
        gate.pass_time = stage.take_long
    for number, deed in enumerate(History(Random(seed)).deeds(count)):
        stage.world.clock.at = START + timedelta(minutes=number)
        # A timer fires once; what it could not finish is left for the next time.
        (stage.attempt if deed is sweep else stage.deliver)(deed, gate)
        if number in rebuild:
            stage.attempt(rebuild[number], gate, most=_MOST_TRIES)
        if order is None:
            stage.work(gate)
        else:
            stage.work_a_while(order.randrange(6), gate, order)
    stage.heal()
    stage.drain()
    stage.deliver(sweep)
    stage.drain()
    return stage


def rebuild_in_the_middle(seed: int, count: int) -> Mapping[int, Deed]:
    """Choose after which deeds of a history an operator takes the steps of a rebuild.

    They are drawn apart from all else: a seed that was kept goes on to tell the history that failed.
    """
    drawn = Random(f"rebuild {seed}")
    quarters = [replays(range(first, first + PARTS // 4)) for first in range(0, PARTS, PARTS // 4)]
    steps = [begins, *quarters, switches, *drawn.choice(([], [rolls_back()])), drops]
    first = drawn.randrange(max(1, count - _LONGEST_REBUILD))
    places = sorted(drawn.sample(range(first, min(count, first + _LONGEST_REBUILD)), len(steps)))
    return dict(zip(places, steps, strict=True))


def sweep(worker: Worker) -> None:
    """Have the timer of the sweep fire."""
    worker.sweep()


def world() -> World:
    """Return the world that histories begin in."""
    made = World(clock=Clock(START), advisories=MemoryAdvisories(report=report([finding(_FLAWS[0])])))
    for number, images in _INDEXES.items():
        made.registry.manifests[digest(number)] = index_manifest(number, *images)
    return made
