"""Functions that take a regular expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import checked, coerce, convert
from shared.kql.evaluation.regexes import compiled
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.functions.function import Function, Special, call_rows
from shared.kql.syntax import Call
from shared.kql.value_types import Kind

_S, _L, _D = Kind.STRING, Kind.LONG, Kind.DYNAMIC


@lru_cache(maxsize=16384)
def _extracted(pattern: str, group: int, text: str) -> str:
    found = compiled(pattern).search(text)
    if found is None or not 0 <= group <= compiled(pattern).groups:
        return ""
    return found.group(group) or ""


def _extract(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if len(arguments) != 3:
        raise SemanticFailure("extract() takes an expression, a group and a text", node.at)
    kinds = (_S, _L, _S)
    fitted = [coerce(value, kind, "an argument of extract()") for value, kind in zip(arguments, kinds, strict=True)]
    if fitted[0].fixed is not None:
        compiled(fitted[0].fixed[0])
    found = call_rows(_extracted, fitted, _S, node.at)
    return convert(found, node.to) if node.to else found


def _extract_all(pattern: str, *rest: Any) -> list[Any] | None:
    groups, text = (rest[0], rest[1]) if len(rest) == 2 else (None, rest[0])
    expression = compiled(pattern)
    if expression.groups == 0:
        return [match.group(0) for match in expression.finditer(text)] or None
    numbers = groups if isinstance(groups, list) else range(1, expression.groups + 1)
    numbers = [number for number in numbers if type(number) is int and 0 <= number <= expression.groups]
    found = [[match.group(number) or "" for number in numbers] for match in expression.finditer(text)]
    return [one[0] if len(numbers) == 1 else one for one in found] or None


def _compile_extract_all(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if len(arguments) not in (2, 3):
        raise SemanticFailure("extract_all() takes an expression, groups if wanted, and a text", node.at)
    kinds = (_S, _S) if len(arguments) == 2 else (_S, _D, _S)
    fitted = [coerce(value, kind, "an argument of extract_all()") for value, kind in zip(arguments, kinds, strict=True)]
    return call_rows(_extract_all, fitted, _D, node.at)


def _substituted(text: str, pattern: str, new: str) -> str:
    return checked(compiled(pattern).sub(new, text))


def _replace(pattern: str, new: str, text: str) -> str:
    return _substituted(text, pattern, new)


def _trimmed(pattern: str, text: str) -> str:
    # As Kusto does it: one match goes at each end, by one expression.
    return str(compiled(f"^({pattern})|({pattern})$").sub("", text))


def _trimmed_start(pattern: str, text: str) -> str:
    return str(compiled(f"^({pattern})").sub("", text))


def _trimmed_end(pattern: str, text: str) -> str:
    return str(compiled(f"({pattern})$").sub("", text))


FUNCTIONS: Mapping[str, Function] = {
    "replace_regex": Function(_S, (_S, _S, _S), _substituted),
    "replace": Function(_S, (_S, _S, _S), _replace),
    "trim": Function(_S, (_S, _S), _trimmed),
    "trim_start": Function(_S, (_S, _S), _trimmed_start),
    "trim_end": Function(_S, (_S, _S), _trimmed_end),
}
SPECIAL: Mapping[str, Special] = {"extract": _extract, "extract_all": _compile_extract_all}
