"""Limits on requests."""

import asyncio

import pytest

from local.host.limits import Busy, RequestLimits
from local.host.settings import HttpSettings


def test_more_than_the_outstanding_requests_are_turned_away() -> None:
    async def check() -> None:
        limits = RequestLimits(HttpSettings(max_outstanding_requests=1))
        async with limits.admit():
            with pytest.raises(Busy):
                async with limits.admit():
                    raise AssertionError("must not be reached")
        async with limits.admit():
            pass

    asyncio.run(check())


def test_more_than_the_concurrent_requests_wait_for_their_turn() -> None:
    async def check() -> None:
        limits = RequestLimits(HttpSettings(max_concurrent_requests=1))
        order: list[str] = []

        async def second() -> None:
            async with limits.admit():
                order.append("second")

        async with limits.admit():
            waiting = asyncio.create_task(second())
            await asyncio.sleep(0.01)
            order.append("first")
        await waiting
        assert order == ["first", "second"]

    asyncio.run(check())


def test_without_limits_all_are_admitted() -> None:
    async def check() -> None:
        limits = RequestLimits(HttpSettings())
        async with limits.admit(), limits.admit():
            pass

    asyncio.run(check())
