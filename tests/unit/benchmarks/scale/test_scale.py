"""The arithmetic of docs/SCALE.md: counted on the real services, over a scaled-down day, and as the page says."""

from __future__ import annotations

import random
from pathlib import Path
from typing import cast

import pytest

from benchmarks.scale import __main__ as program
from benchmarks.scale.arithmetic import rates
from benchmarks.scale.operations import PUSH, RESCAN, RESCAN_REQUEST, RULE, SWEEP, UNCONCERNED, Work
from benchmarks.scale.report import report
from benchmarks.scale.simulation import simulate
from benchmarks.scale.workload import Prices, Workload
from shared.advisories.change_log import ChangeLog
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ScanRequested, Trigger
from shared.domain.messages import Hint, Walk, WalkMessage
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.billing import spread_digest
from tests.support.change_logs import put_in_force
from tests.support.counted_app import CountedApp, CountedQueue, Counts
from tests.support.examples import REGISTRY, START, digest, finding, inventory, package, pull, push
from tests.support.examples import report as findings
from tests.support.memory_app import MemoryAdvisories

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "SCALE.md").read_text()


class Installation:
    """An installation whose every piece of work is done by another worker, which remembers nothing."""

    def __init__(self) -> None:
        self.app = CountedApp()

    @property
    def counts(self) -> Counts:
        return self.app.counts

    def push(self, number: int, *, image: int = 0, repository: str = "app", tag: str = "latest") -> None:
        """Push a new image, with packages and findings of its own; ``image`` is the digest where it matters."""
        self.app.world.inventory = inventory(package(version=str(number)))
        self.app.world.advisories = MemoryAdvisories(report=findings([finding(f"CVE-2026-{number:05d}")]))
        event = push(f"e{number}", image or number, minute=number / 100, repository=repository, tag=tag)
        self.app.another_worker().record_push(event)
        self.app.another_worker().work_off()

    def rescan(self, number: int) -> None:
        """Scan an image again."""
        scan = f"rescan-{self.app.world.clock():%j}"
        requested = ScanRequested(scan, "app", Trigger.RESCAN)
        about = ImageId(REGISTRY, digest(number))
        self.app.another_worker().request_scan.of_image(about, requested, cause=scan, actor="timer")
        self.app.another_worker().work_off()


def counted(counts: Counts) -> Work:
    shared = dict.fromkeys(("rules", "pointer"), 0)
    for asked, number in counts.requests.items():
        for name in shared:
            shared[name] += number if asked.partition.startswith(name) else 0
    return Work(
        counts.of("table", "read"),
        counts.of("table", "write"),
        counts.of("queue") // 3,
        counts.of("blob", "read"),
        counts.of("blob", "write"),
        **shared,
    )


def test_a_push_and_a_rescan_ask_storage_for_what_the_arithmetic_says() -> None:
    made = Installation()
    made.push(1)
    made.counts.clear()
    made.push(2)
    assert counted(made.counts) == PUSH
    for _ in range(2):
        made.counts.clear()
        made.app.world.clock.forward(days=8)
        made.rescan(2)
        assert counted(made.counts) == RESCAN


def test_a_walk_asks_for_each_image_for_what_the_arithmetic_says() -> None:
    """What a walk asks for besides does not grow with the images."""
    sweeps, requests = [], []
    for images in (3, 8):
        made = installed(images)
        made.app.another_worker().sweep()
        sweeps.append(counted(made.counts))
        made.app.world.clock.forward(days=7)
        made.counts.clear()
        assert made.app.another_worker().rescan.weekly() == images
        requests.append(counted(made.counts))
    assert [more - few for few, more in zip(*sweeps, strict=True)] == [5 * SWEEP, *[0] * 6]
    assert [more - few for few, more in zip(*requests, strict=True)] == [5 * number for number in RESCAN_REQUEST]


def test_a_walk_for_new_advisories_asks_for_each_image_for_what_the_arithmetic_says() -> None:
    """The snapshot in force is what all were matched with, or one of which nothing is on record."""
    for snapshot, each in (("snapshot-1", [UNCONCERNED, *[0] * 6]), ("snapshot-2", list(RESCAN_REQUEST))):
        asked = []
        for images in (3, 8):
            made = installed(images)
            put_in_force(made.app.snapshots, ChangeLog(snapshot))
            worker = made.app.another_worker()
            made.counts.clear()
            worker.walker.begin(WalkMessage(Walk.ADVISORIES, START), worker.rescan_affected)
            asked.append(counted(made.counts))
        assert [more - few for few, more in zip(*asked, strict=True)] == [5 * number for number in each]


def test_a_change_of_a_rule_asks_for_each_image_for_what_the_arithmetic_says() -> None:
    asked = []
    for images in (3, 8):
        made = installed(images)
        rule = FindingDisabled("r1", RuleScope(), Criteria(severity_below=Severity.CRITICAL), "why", "me")
        made.app.disable_findings.disable(rule)
        hints = cast(CountedQueue, made.app.projections_queue)
        hints.take_all()
        made.counts.clear()
        made.app.another_worker().project(Hint(str(made.app.rules.stream)))
        for hint in hints.take_all():
            made.app.another_worker().project(cast(Hint, hint))
        asked.append(counted(made.counts))
    # Whoever reads the rules for the first time reads their events as well; a worker remembers them.
    first = Work(1, 0, 0, 0, 0, rules=1, pointer=0)
    each = [number + more for number, more in zip(RULE, first, strict=True)]
    assert [more - few for few, more in zip(*asked, strict=True)] == [5 * number for number in each]


def installed(images: int) -> Installation:
    """Return an installation at rest, whose images are in use, with nothing counted."""
    made = Installation()
    for number in range(1, images + 1):
        made.push(number, tag=f"v{number}")
        made.app.read_pull_log.record_pull(pull(f"p{number}", number))
    made.app.work_off()
    made.counts.clear()
    return made


def test_a_scaled_down_day_asks_for_as_much_as_its_parts() -> None:
    """A ten-thousandth of the day on the page, its pushes and rescans mixed by chance, by the real services."""
    chance = random.Random(7)
    load = Workload()
    made = Installation()
    made.push(1)
    made.app.world.clock.forward(days=8)
    made.counts.clear()
    pushes, rescans = load.pushes_a_day // 10_000 * 2, load.images // 7 // 10_000 * 2
    work = ["push"] * pushes + ["rescan"] * rescans
    chance.shuffle(work)
    number = 1
    for what in work:
        made.app.world.clock.forward(days=8)
        if what == "push":
            number += 1
            made.push(number, repository=chance.choice(["app", "api"]), tag=chance.choice(["latest", "main"]))
        else:
            made.rescan(chance.randint(1, number))
    requests = sum(made.counts.requests.values())
    expected = pushes * PUSH.requests + rescans * RESCAN.requests
    # A tag that nobody held is not taken from anybody: the arithmetic takes the dearer kind of push for all of them.
    assert 0.9 * expected <= requests <= expected
    assert made.app.billing.total(f"{made.app.world.clock():%Y-%m}") >= 0
    assert sum(1 for _ in made.app.billing.entries()) == number


def test_the_partitions_that_everything_goes_to_are_those_of_the_page() -> None:
    made = Installation()
    for number in range(1, 40):
        made.push(number, image=int(spread_digest(number)[7:], 16), repository=f"r{number}")
    hot = {place for place, entities in made.counts.entities.items() if entities >= 39}
    named = {(table.rstrip("0123456789"), partition.partition("|")[0]) for table, partition in hot}
    # All images of this test have the packages of one set; sets are spread over sixteen partitions.
    named -= {entry for entry in named if entry[0] == "packagesets"}
    # The images of one registry share a partition as well; of a thousand registries, each has its own.
    assert named == {
        ("events", "rules"),
        ("events", "plan"),
        ("projections", "pointer"),
        ("billing", "2026-11"),
        ("images", REGISTRY),
    }
    # That of the month is looked into and no longer written to: what is written goes to sixteen shards.
    written = {asked.partition for asked in made.counts.requests if asked[::2] == ("table", "write")}
    assert {partition for partition in written if partition.startswith("2026-11|")}
    assert not {("billing1", partition) for partition in written if partition.startswith("2026-11")} & hot
    for place in ("`rules|…`", "`plan|…`", "`pointer`", "the month", "login server"):
        assert place in PAGE.replace("\\|", "|")


def test_the_page_holds_what_the_program_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(Workload(), Prices()) in PAGE
    assert program.main(["--set", "images=1000", "--price", "gb_second=0"]) == 0
    printed = capsys.readouterr().out
    assert "1,000 registries, 1,000 images, 100,000 pushes" in printed
    assert "| functions: GB-seconds | 0 |" in printed


@pytest.mark.parametrize("wrong", [["--set", "imagse=1"], ["--price", "table_gb=free"], ["--set", "images"]])
def test_what_is_not_understood_is_wrong_use(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(wrong)
    assert ended.value.code == 2
    assert "names: registries, images" in capsys.readouterr().err


def test_a_simulated_day_repeats_itself_and_keeps_to_the_arithmetic() -> None:
    load = Workload(pushes_a_day=20_000)
    day = simulate(load, seed=3)
    assert day == simulate(load, seed=3)
    assert day != simulate(load, seed=4)
    assert abs(day.pushes - load.pushes_a_day) < 4 * load.pushes_a_day**0.5
    # Workers that are never all busy let nobody wait; the rate at the peak says how many that takes.
    wanted = next(line.value for line in rates(load) if line.name == "instances")
    assert day.instances <= wanted * 2
    assert simulate(Workload(pushes_a_day=1_000, peak=1.5)).p95 < load.push_seconds
