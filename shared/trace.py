"""What a line of the log belongs to: carried from call to call, into threads, and along with messages of queues."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Final

FIELDS: Final = ("correlationId", "stream", "scanId")
"""The names of what a line may belong to, as the log has them."""

_BELONGING: ContextVar[Mapping[str, str]] = ContextVar("belonging", default={})  # noqa: B039 - never changed


@contextmanager
def traced(*, correlation_id: str = "", stream: str = "", scan_id: str = "") -> Iterator[None]:
    """Say what everything inside belongs to; what is left empty stays as it is outside.

    ``correlation_id`` is that of the event's meta: the id of what began it all, such as the registry's event.
    """
    given = dict(zip(FIELDS, (correlation_id, stream, scan_id), strict=True))
    token = _BELONGING.set({**_BELONGING.get(), **{name: value for name, value in given.items() if value}})
    try:
        yield
    finally:
        _BELONGING.reset(token)


def belonging() -> Mapping[str, str]:
    """Return what the code that asks belongs to: any of ``correlationId``, ``stream`` and ``scanId``."""
    return _BELONGING.get()


def correlation_id() -> str:
    """Return the correlation id of the code that asks, or an empty text."""
    return _BELONGING.get().get("correlationId", "")


def carried[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Make a function that belongs to the same, in whatever thread it is called; it can be called once at a time."""
    context = copy_context()

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.run(function, *args, **kwargs)

    return call
