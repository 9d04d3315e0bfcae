"""What a description of a route is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query, of a header or of the path; ``schema`` is its JSON Schema."""

    name: str
    about: str
    schema: Mapping[str, Any]
    where: str = "query"
    example: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Answer:
    """An answer that is no error: what it says, its body by media type, and its headers.

    A body is a type that is sent, a list of one (``listed``), or None where the format has a specification of its own.
    ``besides`` is what a list has besides its items, by name. ``caveat`` is whether it says what has to be known of it.
    """

    about: str
    body: type | None = None
    listed: bool = False
    example: Any = None
    media_types: tuple[str, ...] = ("application/json",)
    headers: Mapping[str, str] = field(default_factory=dict)
    besides: Mapping[str, type] = field(default_factory=dict)
    caveat: bool = False

    @property
    def types(self) -> Iterator[type]:
        """Yield the types that are sent."""
        yield from filter(None, (self.body, *self.besides.values()))


@dataclass(frozen=True)
class Operation:
    """One method of one route: ``name`` is that of its function.

    ``errors`` name the code and the reason of a status with ``{"error": {"code", "message"}}``; 401 and 500 go without
    saying. Where a status has several codes, it is the most usual one.
    """

    name: str
    method: str
    path: str
    summary: str
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: type | None = None
    example: Any = None
    errors: Mapping[int, tuple[str, str]] = field(default_factory=dict)
