"""Two workers at once: what each does, and that every order of their calls ends as one after the other would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.messages import Hint, ScanMessage
from shared.eventlog.streams import image_stream, index_stream
from tests.support.examples import REGISTRY, digest, image_id
from tests.support.faults import laws, stories
from tests.support.faults.rebuilds import begins, replays, switches
from tests.support.faults.schedule import Task, Turn, schedules, take_turns
from tests.support.faults.stage import Deed, Stage, Worker, done_by
from tests.support.faults.stepped_storage import Gate


@dataclass(frozen=True)
class Race:
    """What has happened before, what two workers then do at once, and how often one may have to wait."""

    before: Sequence[Deed]
    first: Deed
    second: Deed
    most: int | None = 2
    rested: bool = True  # whether all messages of before were worked off
    hints: bool = True  # whether messages are left that could mend what the two did

    def check(self) -> int:
        """Try every order; raise AssertionError for the first that breaks a law. Return how many there were."""
        start = self._start()
        serial = [self._one_after_the_other(start, *pair) for pair in (self._pair, self._pair[::-1])]
        orders = 0

        def run(prefix: Sequence[int]) -> Sequence[Turn]:
            stage = start.twin()
            failed: list[Deed] = []
            turns = take_turns([_task(stage, deed, failed) for deed in self._pair], prefix)
            for deed in failed:
                stage.deliver(deed)
            if not self.hints:
                stage.queues.clear()
            stage.drain()
            laws.check(stage)
            shown = laws.picture(stage)
            assert shown in serial, f"the order {[turn.chosen for turn in turns]} shows what neither worker alone does"
            return turns

        for _ in schedules(run, self.most):
            orders += 1
        return orders

    @property
    def _pair(self) -> tuple[Deed, Deed]:
        return self.first, self.second

    def _start(self) -> Stage:
        stage = Stage(stories.world())
        for deed in self.before:
            stage.deliver(deed)
            if self.rested:
                stage.drain()
        return stage

    def _one_after_the_other(self, start: Stage, *deeds: Deed) -> laws.Picture:
        stage = start.twin()
        for deed in deeds:
            stage.deliver(deed)
        stage.drain()
        laws.check(stage)
        return laws.picture(stage)


def _task(stage: Stage, deed: Deed, failed: list[Deed]) -> Task:
    def run(gate: Gate) -> None:
        if not done_by(stage.worker(gate), deed):
            failed.append(deed)

    return run


def scans(scan_id: str, number: int = 1) -> Deed:
    return lambda worker: worker.run_scan(ScanMessage(str(image_stream(image_id(number))), scan_id), last_attempt=False)


def resolves(scan_id: str, number: int) -> Deed:
    name = str(index_stream(REGISTRY, digest(number)))
    return lambda worker: worker.run_scan(ScanMessage(name, scan_id), last_attempt=False)


def projects(number: int = 1) -> Deed:
    return lambda worker: worker.project(Hint(str(image_stream(image_id(number)))))


def in_turn(*deeds: Deed) -> Deed:
    def do(worker: Worker) -> None:
        for deed in deeds:
            deed(worker)

    return do


_SCANNED = (stories.pushes(), scans("push-e1"))
_BUILT = (stories.pushes(), begins, replays())
_ONE_PART = replays([0])  # that in which all streams are here
_PULLED = in_turn(stories.pulls(), projects())

RACES: Mapping[str, Race] = {
    "two pulls of a day": Race((stories.pushes(),), stories.pulls("p1"), stories.pulls("p2", minute=2)),
    "one event twice": Race((), stories.pushes(), stories.pushes()),
    "one scan twice": Race((stories.pushes(),), scans("push-e1"), scans("push-e1"), rested=False),
    "two scans of an image": Race(
        (stories.pushes(), stories.advisories_change("s2")), scans("push-e1"), scans("advisory-s2"), rested=False
    ),
    "a scan and a deletion": Race((stories.pushes(),), scans("push-e1"), stories.deletes(), rested=False),
    "two projectors of a row": Race(
        _SCANNED, projects(), in_turn(stories.pulls(), projects()), rested=False, hints=False
    ),
    "two charges of a month": Race(
        (*_SCANNED, stories.pushes("e2", 2, tag="v2"), scans("push-e2", 2)), projects(1), projects(2), rested=False
    ),
    "a rule and a projector": Race(_SCANNED, projects(), stories.disables(), rested=False),
    "a tag that two pushes claim": Race((), stories.pushes(), stories.pushes("e2", 2, minute=1)),
    "one index twice": Race(
        (stories.pushes_index("e1", 10),), resolves("push-e1", 10), resolves("push-e1", 10), rested=False, most=1
    ),
    "two indexes that share an image": Race(
        (stories.pushes_index("e1", 10), stories.pushes_index("e2", 11, minute=1)),
        resolves("push-e1", 10),
        resolves("push-e2", 11),
        rested=False,
        most=1,
    ),
    "an index and its deletion": Race(
        (stories.pushes_index("e1", 10),), resolves("push-e1", 10), stories.deletes("d1", 10), rested=False, most=1
    ),
    "a replay and a projector": Race((stories.pushes(), begins), _ONE_PART, _PULLED, hints=False),
    "the begin of a rebuild and a projector": Race(
        (stories.pushes(),), in_turn(begins, _ONE_PART), in_turn(projects(), _PULLED), hints=False, most=1
    ),
    "a switch and a projector": Race(_BUILT, switches, _PULLED, hints=False, most=1),
    "a replay and a rule": Race((stories.pushes(), begins), _ONE_PART, stories.disables()),
    "one rebuild twice": Race((stories.pushes(),), in_turn(begins, _ONE_PART), in_turn(begins, _ONE_PART), most=1),
}
