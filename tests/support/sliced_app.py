"""The app in memory whose walks go through few streams at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import cast

from shared.domain.messages import WalkMessage
from shared.services.walk import Slice, Walker
from tests.support.memory_app import MemoryApp


@dataclass(frozen=True)
class SlicedApp(MemoryApp):
    """The app of one test; ``few`` is what a walk does at once, and with each message."""

    few: Slice = Slice(2, timedelta(minutes=1))  # noqa: RUF009 - a constant

    @cached_property
    def walker(self) -> Walker:
        return replace(super().walker, at_once=self.few, each=self.few)

    def taken(self) -> list[WalkMessage]:
        """Take the messages of walks."""
        return [cast(WalkMessage, message) for message in self.walks_queue.take()]

    def walk(self) -> None:
        """Take all walks to their ends; what they lead to is left in the queues."""
        while messages := self.taken():
            for message in messages:
                self.work_walks.go_on(message)
