"""What outlives the workers: storage, queues and the world; and the workers, who may die at any call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from random import Random

from azure.core.exceptions import AzureError

from shared.domain.messages import Hint, ScanMessage, SweepMessage, WalkMessage
from shared.domain.stored_names import RULES_STREAM
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import EventLog, OutcomeUnknown, VersionConflict
from shared.eventlog.kept_streams import KeptStreams
from shared.eventlog.table_log import TableEventLog
from shared.eventlog.transact import Transactor
from shared.projections.generations import Generations
from shared.services.walk import AT_ONCE, EACH, Slice, Walker
from shared.storage.blobs import BlobContainer
from shared.storage.queues import MessageQueue
from shared.storage.tables import RowChanged, Table
from tests.support.faults.gates import Died
from tests.support.faults.stepped_storage import Call, Gate, SteppedBlobs, SteppedQueue, SteppedTable, open_gate
from tests.support.faults.timed_queue import TimedQueue, Waiting
from tests.support.memory_app import Clock, MemoryApp, World
from tests.support.memory_storage import NO_ACCOUNT, MemoryBlobs, MemoryTable

_MOST_DELIVERIES = 2000  # of one event or message, before a test gives up

# What the host answers with another delivery; any other error is a defect, and fails the test.
_PASSING = (AzureError, OutcomeUnknown, VersionConflict, RowChanged)

type Deed = Callable[[Worker], object]


class NeverDone(AssertionError):
    """Something failed however often it was delivered."""


@dataclass
class Stage:
    """One service's storage, and the queues as their host sees them."""

    world: World = field(default_factory=World)
    tables: dict[str, MemoryTable] = field(default_factory=dict)
    containers: dict[str, MemoryBlobs] = field(default_factory=dict)
    queues: dict[str, TimedQueue] = field(default_factory=dict)
    deliveries: int = 0
    slices: tuple[Slice, Slice] = (AT_ONCE, EACH)  # of walks
    warm: Worker | None = None  # does what comes next, with all that it remembers, until it dies
    seconds: float = 0  # what requests took; the clock of the world stands still meanwhile

    def worker(self, gate: Gate = open_gate) -> Worker:
        """Start a worker: its memory is empty, storage is as it is."""
        return Worker(world=self.world, stage=self, gate=gate)

    def table(self, name: str) -> Table:
        """Return a table as the service keeps it."""
        return self.tables.setdefault(name, MemoryTable(name=name))

    def container(self, name: str) -> BlobContainer:
        """Return a blob container as the service keeps it."""
        return self.containers.setdefault(name, MemoryBlobs(name=name))

    def heal(self) -> None:
        """Let storage work without faults from now on."""

    def twin(self) -> Stage:
        """Return another stage in the same state, whose storage and clock are its own."""
        world = replace(self.world, clock=Clock(self.world.clock.at))
        twin = Stage(world, slices=self.slices)
        for name, table in self.tables.items():
            twin.tables[name] = replace(table, rows=dict(table.rows), _etags=count(1_000_000))
        for name, container in self.containers.items():
            twin.containers[name] = replace(container, blobs=dict(container.blobs))
        for name, queue in self.queues.items():
            twin.queues[name] = replace(queue, now=world.clock, waiting=list(queue.waiting))
        return twin

    def queue(self, name: str) -> TimedQueue:
        """Return a queue as the host sees it."""
        return self.queues.setdefault(name, TimedQueue(account=NO_ACCOUNT, name=name, now=self.world.clock))

    def take_long(self) -> None:
        """Let a request take longer than an append may after its delayed hint."""
        self.seconds += 25

    def deliver(self, deed: Deed, gate: Gate = open_gate) -> None:
        """Have a deed done by one worker after the other, until one gets to its end."""
        if not self.attempt(deed, gate, most=_MOST_DELIVERIES):
            raise NeverDone("an event was delivered in vain")

    def attempt(self, deed: Deed, gate: Gate = open_gate, *, most: int = 1) -> bool:
        """Have a worker do a deed, or so many of them one after the other; say whether one got to its end."""
        return any(self._attempt(deed, gate) for _ in range(most))

    def _attempt(self, deed: Deed, gate: Gate) -> bool:
        self.deliveries += 1
        if self.warm is None or self.warm.gate is not gate:
            self.warm = self.worker(gate)
        try:
            return done_by(self.warm, deed)
        except Died:
            self.warm = None
            return False

    def work(self, gate: Gate = open_gate, order: Random | None = None) -> None:
        """Deliver every message that is visible until none is left, in the order of the queues or in a random one."""
        for _ in range(_MOST_DELIVERIES * 10):
            visible = [(queue, one) for queue in self.queues.values() for one in queue.visible()]
            if not visible:
                return
            queue, one = order.choice(visible) if order else visible[0]
            self.work_on(queue, one, gate)
        raise NeverDone("the queues never became empty")

    def work_a_while(self, messages: int, gate: Gate, order: Random) -> None:
        """Deliver a few messages in a random order, and leave the others."""
        for _ in range(messages):
            visible = [(queue, one) for queue in self.queues.values() for one in queue.visible()]
            if visible:
                self.work_on(*order.choice(visible), gate)

    def work_on(self, queue: TimedQueue, one: Waiting, gate: Gate = open_gate) -> None:
        """Deliver one message; it is deleted once a worker got to the end of it."""
        self.attempt(lambda worker: worker.work_on(queue, one), gate)

    def drain(self, gate: Gate = open_gate, order: Random | None = None) -> None:
        """Deliver everything, that which is still hidden in its time."""
        self.work(gate, order)
        while hidden := [one.visible_at for queue in self.queues.values() for one in queue.waiting]:
            self.world.clock.at = min(hidden)
            self.work(gate, order)


def done_by(worker: Worker, deed: Deed) -> bool:
    """Say whether a worker gets to the end of a deed; False where the host would deliver it again."""
    try:
        deed(worker)
    except _PASSING:
        return False
    except ExceptionGroup as several:
        # A sweep sees to the other streams too before it tells what was wrong with one.
        if several.split(_PASSING)[1] is None:
            return False
        raise
    return True


@dataclass(frozen=True)
class Worker(MemoryApp):
    """One process of the app, over the table log; all its calls of storage go through the gate."""

    stage: Stage = field(default_factory=Stage)
    gate: Gate = open_gate

    def work_on(self, queue: TimedQueue, one: Waiting) -> None:
        """Do what a message asks for, and delete it."""
        if isinstance(one.message, ScanMessage):
            self.run_scan(one.message, last_attempt=False)
        elif isinstance(one.message, Hint):
            self.project(one.message)
        elif isinstance(one.message, SweepMessage):
            self.sweep_registry(one.message)
        elif isinstance(one.message, WalkMessage):
            self.work_walks.go_on(one.message)
        self.gate(Call("queue", queue.name, "delete"), lambda: queue.delete(one))

    @cached_property
    def generations(self) -> Generations:
        clock = lambda: self.world.clock().timestamp()  # noqa: E731
        return Generations(self._table("projections"), self._table, clock)

    @cached_property
    def transactor(self) -> Transactor:
        return Transactor(self.log, self.announcer, clock=lambda: self.stage.seconds, sleep=lambda seconds: None)

    def _table(self, name: str) -> Table:  # type: ignore[override]
        return SteppedTable(account=NO_ACCOUNT, name=name, inner=self.stage.table(name), gate=self.gate)

    def _container(self, name: str) -> BlobContainer:  # type: ignore[override]
        return SteppedBlobs(account=NO_ACCOUNT, name=name, inner=self.stage.container(name), gate=self.gate)

    @cached_property
    def scans_queue(self) -> MessageQueue:  # type: ignore[override]
        return SteppedQueue(account=NO_ACCOUNT, name="scans", inner=self.stage.queue("scans"), gate=self.gate)

    @cached_property
    def projections_queue(self) -> MessageQueue:  # type: ignore[override]
        return SteppedQueue(
            account=NO_ACCOUNT, name="projections", inner=self.stage.queue("projections"), gate=self.gate
        )

    @cached_property
    def reconciliations_queue(self) -> MessageQueue:  # type: ignore[override]
        return SteppedQueue(
            account=NO_ACCOUNT, name="reconciliations", inner=self.stage.queue("reconciliations"), gate=self.gate
        )

    @cached_property
    def walker(self) -> Walker:
        at_once, each = self.stage.slices
        return replace(super().walker, at_once=at_once, each=each)

    @cached_property
    def walks_queue(self) -> MessageQueue:  # type: ignore[override]
        return SteppedQueue(account=NO_ACCOUNT, name="walks", inner=self.stage.queue("walks"), gate=self.gate)

    @cached_property
    def log(self) -> EventLog:
        directory = StreamDirectory(self._table("streams"))
        stored = TableEventLog(self._table("events"), directory, self.world.clock)
        return KeptStreams(stored, RULES_STREAM)
