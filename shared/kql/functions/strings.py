"""Functions of texts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_plus

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import checked, convert, json_text
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import LimitFailure, SemanticFailure
from shared.kql.functions.function import Function, Special, call_rows
from shared.kql.limits import STRING_CHARACTERS
from shared.kql.syntax import Call
from shared.kql.value_types import Kind, Value

_S, _L, _D, _B = Kind.STRING, Kind.LONG, Kind.DYNAMIC, Kind.BOOL


def _split(text: str, delimiter: str, index: int | None = None) -> list[str]:
    parts = text.split(delimiter) if delimiter else [text]
    if index is None:
        return parts
    return [parts[index]] if 0 <= index < len(parts) else []


def _substring(text: str, start: int, length: int | None = None) -> str:
    if start < 0:
        start = max(0, len(text) + start)
    if length is None:
        return text[start:]
    return text[start : start + length] if length >= 0 else ""


def _index_of(text: str, part: str, start: int = 0, length: int = -1, occurrence: int = 1) -> int | None:
    """Find a part of a text; the search begins at ``start`` and sees ``length`` characters, -1 for all of them."""
    if occurrence < 0 or length < -1:
        return None
    start = max(0, len(text) + start) if start < 0 else start
    end = len(text) if length == -1 else min(len(text), start + length)
    at = start - 1
    for _ in range(max(1, occurrence)):
        at = text.find(part, at + 1, end)
        if at < 0:
            return -1
    return at


def _repeated(value: str, count: int, delimiter: str = "") -> str:
    count = max(0, count)
    if count * (len(value) + len(delimiter)) > STRING_CHARACTERS:
        raise LimitFailure(f"A string is longer than {STRING_CHARACTERS} characters.")
    return delimiter.join([value] * count)


def _replaced(text: str, old: str, new: str) -> str:
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > STRING_CHARACTERS:
        raise LimitFailure(f"A string is longer than {STRING_CHARACTERS} characters.")
    return text.replace(old, new)


def _count_of(text: str, part: str) -> int:
    """Count a part, where it overlaps itself as well."""
    count, at = 0, text.find(part) if part else -1
    while at >= 0:
        count, at = count + 1, text.find(part, at + 1)
    return count


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _joined(array: Any, delimiter: str) -> str:
    if type(array) is not list:
        return ""
    return checked(delimiter.join(map(json_text, array)))


def _compared(left: str, right: str) -> int:
    return (left > right) - (left < right)


def _strcat(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    texts = _texts(node, arguments)
    return call_rows(lambda *parts: "".join(parts), texts, _S, node.at)


def _strcat_delim(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    texts = _texts(node, arguments)
    return call_rows(lambda delimiter, *parts: delimiter.join(parts), texts, _S, node.at)


def _texts(node: Call, arguments: Sequence[Compiled]) -> list[Compiled]:
    if not arguments:
        raise SemanticFailure(f"{node.function}() takes 1 or more arguments", node.at)
    return [convert(argument, _S) for argument in arguments]


def _url_text(value: Value) -> str:
    return unquote_plus(value, errors="replace")


FUNCTIONS: Mapping[str, Function] = {
    "tolower": Function(_S, (_S,), str.lower),
    "toupper": Function(_S, (_S,), str.upper),
    "strlen": Function(_L, (_S,), len),
    "split": Function(_D, (_S, _S, _L), _split, least=2),
    "substring": Function(_S, (_S, _L, _L), _substring, least=2),
    "indexof": Function(_L, (_S, _S, _L, _L, _L), _index_of, least=2),
    "strrep": Function(_S, (_S, _L, _S), _repeated, least=2),
    "replace_string": Function(_S, (_S, _S, _S), _replaced),
    "strcat_array": Function(_S, (_D, _S), _joined, sees_null=True),
    "reverse": Function(_S, (_S,), lambda text: text[::-1]),
    "countof": Function(_L, (_S, _S), _count_of),
    "strcmp": Function(_L, (_S, _S), _compared),
    "base64_encode_tostring": Function(_S, (_S,), _base64),
    "base64_decode_tostring": Function(_S, (_S,), _from_base64),
    "url_encode": Function(_S, (_S,), lambda text: quote(text, safe="-_.!*()")),
    "url_decode": Function(_S, (_S,), _url_text),
}
SPECIAL: Mapping[str, Special] = {"strcat": _strcat, "strcat_delim": _strcat_delim}
