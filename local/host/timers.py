"""The listener of a timer trigger.

Like the timer extension: a run that was missed while the host was down is made up at the start, a run never begins
before the one before it has ended, and the retry policy of the function applies. Unlike it, there is no lock across
hosts: two hosts on one storage account both fire.
"""

import asyncio
import logging
import random
from datetime import UTC, datetime

from azure.core.exceptions import AzureError

from local.host.errors import HostStopping, InvocationFailed
from local.host.functions import Function, TimerTrigger
from local.host.invoker import Invoker
from local.host.schedule import Schedule
from local.host.timer_status import StatusBlob, TimerStatus, timer_payload
from local.host.wire import Retry

_log = logging.getLogger("local.host.timers")

# Longer waits are made in steps, so that a machine that slept or whose clock was set is noticed.
_LONGEST_WAIT_SECONDS = 60.0
_LARGEST_EXPONENT = 30


class TimerListener:
    """Runs one timer function when it is due; ``status`` is None for timers that are not monitored."""

    def __init__(self, function: Function, trigger: TimerTrigger, invoker: Invoker, status: StatusBlob | None) -> None:
        self._function = function
        self._trigger = trigger
        self._schedule = Schedule(trigger.schedule)
        self._invoker = invoker
        self._blob = status
        self._status: TimerStatus | None = None
        self._run_under_way: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """Run the function when it is due, until cancelled."""
        self._status = await self._load()
        missed = self._missed()
        if missed:
            await self._fire(missed, is_past_due=True)
        elif self._trigger.run_on_startup:
            await self._fire(_now(), is_past_due=False)
        due = self._schedule.next_after(_now())
        while due:
            await _sleep_until(due)
            await self._fire(due, is_past_due=False)
            # Computed from now: what fell into a long run is left out.
            due = self._schedule.next_after(max(due, _now()))
        _log.warning("%s: the schedule %s never comes true", self._function.name, self._trigger.schedule)

    async def wait_until_idle(self) -> None:
        """Wait for the run under way."""
        if self._run_under_way:
            await asyncio.wait([self._run_under_way])

    def _missed(self) -> datetime | None:
        # Not the stored time: the schedule may have been changed since.
        due = self._status and self._schedule.next_after(self._status.last_updated)
        return due if due and due < _now() else None

    async def _fire(self, due: datetime, *, is_past_due: bool) -> None:
        # A run under way is not cut off when the listener is cancelled: the drain waits for it.
        self._run_under_way = asyncio.create_task(self._run(due, is_past_due))
        await asyncio.shield(self._run_under_way)

    async def _run(self, due: datetime, is_past_due: bool) -> None:
        value = timer_payload(self._status, is_past_due=is_past_due)
        most = self._function.retry.max_retry_count if self._function.retry else 0
        attempt = 0
        while True:
            try:
                await self._invoker.run(self._function, value, attempt=(attempt, most))
                break
            except HostStopping:
                return
            except InvocationFailed:
                if self._function.retry is None or 0 <= most <= attempt:
                    break
                await asyncio.sleep(retry_delay(self._function.retry, attempt))
                attempt += 1
        await self._save(due)

    async def _load(self) -> TimerStatus | None:
        if self._blob is None:
            return None
        try:
            return await self._blob.load()
        except AzureError as error:
            _log.warning("%s: the timer's status cannot be read: %s", self._function.name, error.message)
            return None

    async def _save(self, due: datetime) -> None:
        now = _now()
        following = self._schedule.next_after(max(due, now))
        self._status = TimerStatus(last=due, next=following or datetime.max.replace(tzinfo=UTC), last_updated=now)
        if self._blob is None:
            return
        try:
            await self._blob.save(self._status)
        except AzureError as error:
            _log.warning("%s: the timer's status cannot be written: %s", self._function.name, error.message)


def retry_delay(retry: Retry, attempt: int) -> float:
    """Return how many seconds to wait after a failed attempt, the first being 0."""
    if retry.strategy == "fixed_delay":
        return retry.delay
    # Full jitter keeps retries of many timers apart; the bounds are the policy's.
    highest = min(retry.maximum, retry.minimum + 2.0 ** min(attempt, _LARGEST_EXPONENT))
    return random.uniform(retry.minimum, max(retry.minimum, highest))  # noqa: S311 - no secret


async def _sleep_until(moment: datetime) -> None:
    while (seconds := (moment - _now()).total_seconds()) > 0:
        await asyncio.sleep(min(seconds, _LONGEST_WAIT_SECONDS))


def _now() -> datetime:
    return datetime.now(UTC)
