"""Waiting longer and longer."""

import asyncio
import time

from local.host.backoff import Backoff


def test_waits_double_up_to_the_longest() -> None:
    async def check() -> None:
        backoff = Backoff(0.01, 0.04)
        began = time.monotonic()
        for _ in range(4):
            await backoff.wait()
        assert time.monotonic() - began >= 0.01 + 0.02 + 0.04 + 0.04 - 0.005

    asyncio.run(check())


def test_a_reset_ends_the_wait() -> None:
    async def check() -> None:
        backoff = Backoff(0.01, 600)
        for _ in range(3):
            await backoff.wait()
        waiting = asyncio.create_task(backoff.wait())
        await asyncio.sleep(0)
        backoff.reset()
        await asyncio.wait_for(waiting, 60)

    asyncio.run(check())


def test_a_reset_before_the_wait_counts_but_the_wait_takes_its_least_time() -> None:
    async def check() -> None:
        backoff = Backoff(0.02, 600)
        began = time.monotonic()
        for _ in range(3):
            backoff.reset()
            await asyncio.wait_for(backoff.wait(), 60)
        assert time.monotonic() - began >= 0.06 - 0.005

    asyncio.run(check())
