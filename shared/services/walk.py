"""Walks: something is done to every stream, in slices of half a minute, in all partitions of the directory at once.

Few streams are gone through at once, by whoever begins. What is left goes on by a message for each partition, beside
each other: a worker does a slice, puts the message that goes on, notes it in the row of the partition, and only then
is done with its own. So one that is killed anywhere is followed by another, from the begin of its slice; a message that
comes twice finds the row further than itself. What is done to a stream may be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple, Protocol

import msgspec

from shared.domain.messages import PARTITIONS, Seen, Walk, WalkMessage
from shared.eventlog.directory import shard_of
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import EventLog, StreamName
from shared.projections.dead_letters import WALKS, DeadLetters
from shared.projections.walks import WalkState, WalkStates, ended_pass
from shared.services.commands import Clock
from shared.storage.queues import MessageQueue
from shared.storage.tables import RowChanged
from shared.trace import traced

_log = logging.getLogger(__name__)

# Longer than five deliveries of a slice take, and as long as the sweep's timer waits.
_STANDS_STILL = timedelta(hours=1)

type Visit = Callable[[StreamName], Seen]
"""Does something to one stream."""


class InvalidWalk(ValueError):
    """A message of the queue ``walks`` names no place of the stream directory: nobody here has sent it."""


class Slice(NamedTuple):
    """How much is done before the next message: streams, or a span of time, whichever is first."""

    streams: int
    span: timedelta


AT_ONCE: Final = Slice(200, timedelta(seconds=5))
EACH: Final = Slice(1_000, timedelta(seconds=30))


class Walking(Protocol):
    """What is done on a walk."""

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of streams that are gone through, in their order."""
        ...

    def visitor(self, message: WalkMessage) -> Visit:
        """Make ready for a slice."""
        ...


@dataclass(frozen=True)
class Walker:
    """Goes through the stream directory; ``at_once`` is what a walk may take without a message, ``each`` a message."""

    log: EventLog
    states: WalkStates
    queue: MessageQueue
    dead_letters: DeadLetters
    now: Clock
    at_once: Slice = AT_ONCE
    each: Slice = EACH

    def begin(self, first: WalkMessage, walking: Walking) -> Seen:
        """Begin a walk that nobody asks for again; say what was done at once.

        Where it goes on already, it is begun by messages, and in the other partitions alone: one that is stuck holds up
        no other. A walk of another id is given up, with its dead letters.
        """
        before = {state.message.partition: state for state in self.states.of(first)}
        going_on = {at for at, state in before.items() if not state.ended and state.message.id == first.id}
        step = max((state.message.step for state in before.values()), default=-1) + 1
        first = msgspec.structs.replace(first, step=step)
        free = [part for part in _everywhere(first) if part.partition not in going_on]
        if not free:
            return Seen()
        # Noted before anything is done: where this worker dies, ``revive`` finds it.
        begun = [self._noted(part, before.get(part.partition)) for part in free]
        self.states.put_all(begun)
        for state in before.values():
            if not state.ended and state.message.id != first.id:
                self.dead_letters.forget(WALKS, letter_id(state.message))
        if going_on:
            self.send(begun)
            return Seen()
        seen, parts = self._at_once(first, walking.kinds, walking.visitor(first))
        states = [self._noted(part, before.get(part.partition), ended=ended) for part, ended in parts]
        self.states.put_all(states)
        self.send(states)
        return seen

    def repeat(self, first: WalkMessage, walking: Walking, visit: Visit) -> Seen:
        """Begin a walk whose cause is delivered again until this returns; say what was done at once, by ``visit``."""
        seen, parts = self._at_once(first, walking.kinds, visit)
        left = [self._noted(part, None) for part, ended in parts if not ended]
        if left and (found := self.states.of(first)):
            left = found  # a worker before this one came as far as that
        elif left:
            self.states.put_all(left)
        self.send(left)
        return seen

    def go_on(self, message: WalkMessage, walking: Walking) -> None:
        """Do a slice of a walk and have the next one follow; raise InvalidWalk."""
        with traced(correlation_id=message.correlation_id):
            names = self._names(message, walking.kinds)
            found = self.states.get(message)
            if found is None or _outdated(message, found[0]):
                return
            seen, last = self._slice(names, walking.visitor(message), self.each)
            try:
                self._further(_behind(message, last, seen), *found, ended=last is None)
            except RowChanged:
                _log.info("another worker goes on with the %s", letter_id(message))

    def revive(self) -> None:
        """Send the messages of all walks that stand still; one that was not lost after all does no harm."""
        self.send(state for state in self.states.all() if state.touched_at <= self.now() - _STANDS_STILL)

    def send(self, states: Iterable[WalkState]) -> None:
        """Send the messages of those partitions that have not come to their end."""
        for state in states:
            if not state.ended:
                self.queue.put(state.message)

    def _at_once(
        self, first: WalkMessage, kinds: Sequence[str], visit: Visit
    ) -> tuple[Seen, list[tuple[WalkMessage, bool]]]:
        """Do the first slice over all partitions; return for each where it stands, and whether that is its end."""
        names = (name for kind in kinds for name in self.log.streams(kind))
        seen, last = self._slice(names, visit, self.at_once)
        return seen, [_place(part, kinds, last, seen) for part in _everywhere(first)]

    def _names(self, message: WalkMessage, kinds: Sequence[str]) -> Iterator[StreamName]:
        """Give the streams that are left of a partition; raise InvalidWalk."""
        after = StreamName.parse(message.after) if message.after else None
        kind = message.kind or kinds[0]
        if kind not in kinds or (after and (after.kind != kind or shard_of(after) != message.partition)):
            raise InvalidWalk(f"a walk names no place of partition {message.partition}: {message.after[:200]!a}")
        return self._streams(kinds[kinds.index(kind) :], after, message.partition)

    def _streams(self, kinds: Sequence[str], after: StreamName | None, partition: int) -> Iterator[StreamName]:
        for kind in kinds:
            yield from self.log.streams(kind, after=after, shard=partition)
            after = None

    def _slice(self, names: Iterable[StreamName], visit: Visit, most: Slice) -> tuple[Seen, StreamName | None]:
        """Visit streams; return what was done, and the last one where others follow it."""
        ends = self.now() + most.span
        seen, last = Seen(), None
        for name in names:
            if last is not None and (seen.streams >= most.streams or self.now() >= ends):
                return seen, last
            try:
                seen += visit(name)
            except Exception as error:
                # What is done stays done; the next slice begins with this stream, and raises.
                if last is None or not is_transient(error):
                    raise
                _log.warning("a walk stops at %s: %s", name, error)
                return seen, last
            last = name
        return seen, None

    def _further(self, message: WalkMessage, state: WalkState, etag: str, *, ended: bool) -> None:
        if not ended:
            # In this order: a row that is further than a message tells that the next one was put.
            self.queue.put(message)
            self.states.put(self._noted(message, state), etag)
            return
        if message.walk is Walk.RULES:
            self.states.remove(message)
        else:
            self.states.put(self._noted(message, state, ended=True), etag)
        self.dead_letters.forget(WALKS, letter_id(message))

    def _noted(self, message: WalkMessage, before: WalkState | None, *, ended: bool = False) -> WalkState:
        kept = before.last if before else None
        last = ended_pass(message, self.now()) if ended else kept
        return WalkState(message, self.now(), ended, last)


def letter_id(message: WalkMessage) -> str:
    """Name a partition of a walk among the dead letters."""
    return f"{message.walk} {message.id} {message.partition:02d}"


def _outdated(message: WalkMessage, state: WalkState) -> bool:
    return state.ended or state.message.id != message.id or state.message.step > message.step


def _everywhere(first: WalkMessage) -> list[WalkMessage]:
    return [msgspec.structs.replace(first, partition=partition) for partition in range(PARTITIONS)]


def _behind(message: WalkMessage, last: StreamName | None, seen: Seen) -> WalkMessage:
    """Give the message that follows, behind the last stream that was seen (None where that was the end)."""
    place = {"kind": last.kind, "after": str(last)} if last else {}
    return msgspec.structs.replace(message, step=message.step + 1, seen=message.seen + seen, **place)


def _place(part: WalkMessage, kinds: Sequence[str], last: StreamName | None, seen: Seen) -> tuple[WalkMessage, bool]:
    """Give where a partition stands once all streams up to the last one are seen, and whether that is its end."""
    ended = shard_of(last) if last else 0
    if part.partition == ended:  # what was seen is counted once
        return _behind(part, last, seen), last is None
    following = msgspec.structs.replace(part, step=part.step + 1)
    if last is None:
        return following, True
    left = kinds[kinds.index(last.kind) + (part.partition < ended) :]
    return msgspec.structs.replace(following, kind=left[0] if left else ""), not left
