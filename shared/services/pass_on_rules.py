"""Pass a change of the rules, or the end of one, on to the images that it may concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from shared.domain.events import RecordedEvent
from shared.domain.messages import Seen, Walk, WalkMessage
from shared.domain.references import ImageId
from shared.domain.rule_reach import changed_scopes, expired_scopes
from shared.domain.rules import RuleScope
from shared.domain.stored_names import IMAGE_STREAM, RULES_STREAM
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_of, image_stream
from shared.projections.passed_on import PassedOnTable
from shared.services.commands import Clock
from shared.services.walk import Visit, Walker
from shared.trace import correlation_id

_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
# What had just expired is passed on again a minute later: the clocks of those who were told first may be behind.
_BEHIND = timedelta(seconds=45)


@dataclass(frozen=True)
class PassOnRules:
    """Sends hints to images; their repositories are left to the projector."""

    log: EventLog
    announcer: QueueAnnouncer
    walker: Walker
    passed_on: PassedOnTable
    now: Clock
    kinds: Sequence[str] = (IMAGE_STREAM,)

    def __call__(self, rules: StreamName) -> None:
        """Tell the images of what was appended to a stream of rules since the last time; nothing new tells nobody."""
        before = self.passed_on.get(rules)
        stream = self.log.load(rules)
        if stream.version == before.version:
            return
        # A log that is behind its row was restored: all of it counts.
        first = before.version if before.version < stream.version else 0
        walk = WalkMessage(Walk.RULES, self.now(), f"{rules} {stream.version}", rules=str(rules), first=first)
        self._begin(walk, stream.events)
        self.passed_on.put(rules, msgspec.structs.replace(before, version=stream.version))

    def expired(self) -> None:
        """Tell the images of every rule that has expired since the last time: its findings count again."""
        now = self.now()
        for rules in self.log.streams(RULES_STREAM):
            before = self.passed_on.get(rules)
            since = before.expired_at - _BEHIND if before.expired_at else _BEFORE_ALL
            walk = WalkMessage(Walk.RULES, now, f"{rules} expired {now.isoformat()}", rules=str(rules), since=since)
            if self._begin(walk, self.log.load(rules).events):
                self.passed_on.put(rules, msgspec.structs.replace(self.passed_on.get(rules), expired_at=now))

    def visitor(self, message: WalkMessage) -> Visit:
        """Make ready for a slice: give out hints to the images of all scopes."""
        return self._visitor(_scopes(message, self.log.load(StreamName.parse(message.rules)).events))

    def _begin(self, first: WalkMessage, events: Sequence[RecordedEvent]) -> bool:
        """Tell the images of the scopes that a walk is for; say whether there is any."""
        scopes = _scopes(first, events)
        named = {ImageId(scope.registry, scope.digest) for scope in scopes if scope.registry and scope.digest}
        if len(named) < len(scopes):
            first = msgspec.structs.replace(first, correlation_id=correlation_id())
            self.walker.repeat(first, self, self._visitor(scopes))
            return True
        for about in named:  # nobody needs to look for them
            if self.log.load(image_stream(about)).version:
                self.announcer.hint(image_stream(about))
        return bool(scopes)

    def _visitor(self, scopes: set[RuleScope]) -> Visit:
        return lambda name: Seen(1, sent=self._hint(name, scopes))

    def _hint(self, name: StreamName, scopes: set[RuleScope]) -> bool:
        about = image_of(name)
        concerned = any(
            scope.registry in (None, about.registry) and scope.digest in (None, about.digest) for scope in scopes
        )
        if concerned:
            self.announcer.hint(name)
        return concerned


def _scopes(message: WalkMessage, events: Sequence[RecordedEvent]) -> set[RuleScope]:
    if message.since:
        return expired_scopes(events, message.since, message.at)
    return changed_scopes(events, message.first)
