"""Short histories of a service, whose every call of storage a test may break: what happens, one deed after the other.

Each deed is what one trigger is called for; a trigger that dies is called again. Between two deeds all messages are
worked off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled, ScanRequested, Trigger
from shared.domain.media_types import OCI_INDEX
from shared.domain.rule_book import RuleNotFound
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.services.request_scan import WantedScan
from shared.services.walk import AT_ONCE, EACH, Slice
from tests.support.examples import REGISTRY, START, deletion, digest, finding, image_id, pull, push, report
from tests.support.faults.rebuilds import begins, drops, replays, rolls_back, switches
from tests.support.faults.stage import Deed, Stage, Worker
from tests.support.faults.stepped_storage import Gate, open_gate
from tests.support.memory_app import Clock, MemoryAdvisories, World, image_manifest, index_manifest

FINDINGS = (finding("CVE-2026-0001"), finding("CVE-2026-0002", Severity.LOW))
_ONE = Slice(1, timedelta(0))
ONE_BY_ONE = (_ONE, _ONE)
RULE = FindingDisabled("rule-1", RuleScope(), Criteria(cves=("CVE-2026-0001",)), "accepted", "ann")


@dataclass(frozen=True)
class Story:
    """Deeds in their order; walks go through streams in such slices."""

    deeds: Sequence[Deed]
    slices: tuple[Slice, Slice] = (AT_ONCE, EACH)

    def tell(self, gate: Gate = open_gate, *, again: bool = True) -> Stage:
        """Let it happen and everything come to rest; a deed whose worker dies is done again, or never (``again``)."""
        stage = Stage(world(), slices=self.slices)
        for deed in self.deeds:
            if again:
                stage.deliver(deed, gate)
            else:
                stage.attempt(deed, gate)
            stage.drain(gate)
        return stage


def world() -> World:
    """Return a world in which images have two findings, and digests 10 and 11 are indexes."""
    made = World(clock=Clock(START), advisories=MemoryAdvisories(report=report(FINDINGS)))
    for number, images in ((10, (1, 2)), (11, (2, 3))):
        made.registry.manifests[digest(number)] = index_manifest(number, *images)
    made.registry.manifests["v1"] = image_manifest(1)
    return made


def pushes(event_id: str = "e1", number: int = 1, minute: float = 0, tag: str | None = "v1") -> Deed:
    return lambda worker: worker.record_push(push(event_id, number, minute, tag=tag))


def pushes_index(event_id: str, number: int, minute: float = 0, tag: str | None = "v1") -> Deed:
    return lambda worker: worker.record_push(push(event_id, number, minute, tag=tag, media_type=OCI_INDEX))


def deletes(event_id: str = "d1", number: int = 1, minute: float = 1) -> Deed:
    return lambda worker: worker.receive_event.record_deletion(deletion(event_id, number, minute))


def pulls(event_id: str = "p1", number: int = 1, minute: float = 1) -> Deed:
    return lambda worker: worker.read_pull_log.record_pull(pull(event_id, number, minute))


def disables(rule: FindingDisabled = RULE) -> Deed:
    return lambda worker: worker.disable_findings.disable(rule)


def enables(rule_id: str = RULE.rule_id) -> Deed:
    def enable(worker: Worker) -> None:
        with suppress(RuleNotFound):  # its maker died and gave up
            worker.disable_findings.enable(FindingEnabled(rule_id, "fixed now", "ann"))

    return enable


def holds(*held: tuple[str, int]) -> Deed:
    """Let the registry hold these tags of digests, and nothing else."""

    def hold(worker: Worker) -> None:
        worker.world.catalog.held = {"app": {}}
        for tag, number in held:
            worker.world.catalog.hold("app", number, tag)

    return hold


def begins_sweep(worker: Worker) -> None:
    worker.world.clock.at = START.replace(day=START.day + 1)
    worker.start_sweeps()


def turns_plan(request_id: str, *, on: bool) -> Deed:
    return lambda worker: worker.change_plan(on=on, reason="because", actor="ann", request_id=request_id)


def asks(request_id: str = "r1", reference: str = "v1") -> Deed:
    return lambda worker: worker.request_scan.on_demand(WantedScan(REGISTRY, "app", reference, request_id, "ann"))


def advisories_change(snapshot: str, number: int = 1) -> Deed:
    def change(worker: Worker) -> None:
        worker.world.advisories = MemoryAdvisories(snapshot, report(FINDINGS[:1]))
        requested = ScanRequested(f"advisory-{snapshot}", "app", Trigger.ADVISORY)
        worker.request_scan.of_image(image_id(number), requested, cause=snapshot, actor="timer")

    return change


def loses_messages(*deeds: Deed) -> Deed:
    """Let all messages be lost that deeds have left."""

    def do(worker: Worker) -> None:
        for deed in deeds:
            deed(worker)
        for queue in worker.stage.queues.values():
            queue.waiting.clear()

    return do


def sweeps(hours: float) -> Deed:
    """Have the timer of the sweep fire so long after the start."""

    def sweep(worker: Worker) -> None:
        worker.world.clock.at = START + timedelta(hours=hours)
        worker.sweep()

    return sweep


def a_week_later(worker: Worker) -> None:
    worker.world.clock.at = START.replace(day=START.day + 7)
    worker.rescan.weekly()


STORIES: Mapping[str, Story] = {
    "push, scan, project": Story([pushes()]),
    "a tag that moves": Story([pushes(), pushes("e2", 2, minute=1)]),
    "delete": Story([pushes(), deletes(), pushes("e2", minute=2)]),
    "rule": Story([pushes(), disables(), enables()]),
    "rescan": Story([pushes(), pulls(), a_week_later]),
    "new advisories": Story([pushes(), advisories_change("snapshot-2")]),
    "scan on demand": Story([asks(), asks("r2")]),
    "index": Story([pushes_index("e1", 10), pushes_index("e2", 11, minute=1), deletes("d1", 11, minute=2)]),
    "reconciliation": Story([pushes(), pushes("e2", 2, minute=1, tag="v2"), holds(("v1", 3)), begins_sweep]),
    "the plan, off and on": Story([turns_plan("r1", on=False), pushes(), holds(("v1", 1)), turns_plan("r2", on=True)]),
    "a walk for a rule": Story([pushes(), pushes("e2", 2, tag="v2"), disables()], ONE_BY_ONE),
    "a sweep": Story(
        [loses_messages(pushes(), pushes("e2", 2, tag="v2")), sweeps(4), sweeps(5), sweeps(6)],
        ONE_BY_ONE,
    ),
    "a rescan in slices": Story(
        [pushes(), pushes("e2", 2, tag="v2"), pulls(), pulls("p2", 2), a_week_later, sweeps(24 * 7 + 2)],
        ONE_BY_ONE,
    ),
    "rebuild": Story(
        [
            *(pushes(), begins, pushes("e2", 2, minute=1, tag="v2"), replays(), pulls(minute=2), switches),
            *(pulls("p2", 2, minute=3), rolls_back(to=1), drops),
        ]
    ),
    "rebuild without a switch": Story([pushes(), begins, replays()]),
}
