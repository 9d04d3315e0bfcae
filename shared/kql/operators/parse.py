"""``parse`` and ``parse-where``: columns taken out of a text by a pattern."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from shared.kql.evaluation.compiled import Compiled, column
from shared.kql.evaluation.conversions import coerce, convert
from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.regexes import compiled
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.operators.step import Step
from shared.kql.syntax import Capture, Parse
from shared.kql.value_types import Kind, null_of

# What a column of a type takes where ``*`` follows it, so that nothing else says where it ends.
_SHAPES = {
    Kind.LONG: r"[-+]?[0-9]+",
    Kind.REAL: r"[-+]?[0-9]+(?:\.[0-9]+)?",
    Kind.BOOL: r"(?i:true|false)|[01]",
}


def parse(node: Parse, scope: Scope) -> Step:
    """Compile ``parse``; raise SemanticFailure where a pattern does not say where a column ends."""
    source = coerce(compile_expression(node.source, scope), Kind.STRING, "what parse reads")
    captures = [part for part in node.pattern if isinstance(part, Capture)]
    names = [capture.name for capture in captures]
    if len(set(names)) < len(names):
        raise SemanticFailure("parse: two columns have the same name", node.at)
    pattern = _expression(node)
    compiled(pattern)
    taken = _Taken(source, pattern, captures, relaxed=node.mode == "relaxed")
    schema = {**scope.schema, **{capture.name: capture.kind for capture in captures}}

    def run(frame: Frame) -> Frame:
        found = frame.with_makers({name: partial(taken.column, frame, number) for number, name in enumerate(names)})
        return found.keep(taken.matched(frame)) if node.only_matching else found

    return Step(schema, run)


def _expression(node: Parse) -> str:
    """Write the pattern as a regular expression, which has to reach the end of the text."""
    parts = []
    for part, after in zip(node.pattern, (*node.pattern[1:], ""), strict=True):
        if part is None:
            parts.append(".*?")
        elif isinstance(part, str):
            parts.append(re.escape(part))
        else:
            parts.append(f"({_shape(node, part, after)})")
    return "(?s)" + "".join(parts) + "$"


def _shape(node: Parse, capture: Capture, after: str | Capture | None) -> str:
    if isinstance(after, Capture):
        raise SemanticFailure("parse: nothing between two columns says where the first one ends", node.at)
    if after is not None:
        return ".*?"
    if capture.kind not in _SHAPES:
        raise SemanticFailure(f"parse: '*' after the column '{capture.name}' is ambiguous", node.at)
    return _SHAPES[capture.kind]


class _Taken:
    """The columns that a pattern takes; where it does not match, or one cannot be converted, all of them are null."""

    def __init__(self, source: Compiled, pattern: str, captures: Sequence[Capture], *, relaxed: bool) -> None:
        self._source = source
        self._pattern = pattern
        self._captures = captures
        self._relaxed = relaxed

    def column(self, frame: Frame, number: int) -> Values:
        """Return the values of a column."""
        null = null_of(self._captures[number].kind)
        return [null if row is None else row[number] for row in self._rows(frame)]

    def matched(self, frame: Frame) -> Values:
        """Say of each row whether the pattern matched."""
        return [row is not None for row in self._rows(frame)]

    def _rows(self, frame: Frame) -> list[Any]:
        return frame.path(self, self._read)

    def _read(self, frame: Frame) -> list[Any]:
        search = compiled(self._pattern).search
        matches = [search(text) for text in self._source.values(frame)]
        texts = [match.groups() if match else None for match in matches]
        columns = []
        for number, capture in enumerate(self._captures):
            part = Frame.of({"text": [row[number] or "" if row else "" for row in texts]}, len(texts))
            columns.append(convert(column("text", Kind.STRING), capture.kind).values(part))
        rows = list(zip(*columns, strict=True)) if columns else [()] * len(texts)
        return [
            row if text is not None and (self._relaxed or None not in row) else None
            for text, row in zip(texts, rows, strict=True)
        ]
