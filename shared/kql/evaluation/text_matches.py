"""Operators that look for a text in a text. Without ``_cs`` they take no notice of case, and a null is empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import coerce
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.logic import negation
from shared.kql.evaluation.regexes import matcher
from shared.kql.value_types import Kind

type Matches = Callable[[str, str], bool]


def has_term(text: str, term: str) -> bool:
    """Say whether a text holds a term whole: nothing that is a letter or digit goes on at either end of it."""
    return _found(text, term, begins=True, ends=True)


def has_prefix(text: str, term: str) -> bool:
    """Say whether a term of a text begins so."""
    return _found(text, term, begins=True, ends=False)


def has_suffix(text: str, term: str) -> bool:
    """Say whether a term of a text ends so."""
    return _found(text, term, begins=False, ends=True)


def _found(text: str, term: str, *, begins: bool, ends: bool) -> bool:
    if not term:
        return True
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        goes_on_before = begins and at > 0 and text[at - 1].isalnum() and term[0].isalnum()
        goes_on_after = ends and end < len(text) and text[end].isalnum() and term[-1].isalnum()
        if not goes_on_before and not goes_on_after:
            return True
        at = text.find(term, at + 1)
    return False


def _contains(text: str, part: str) -> bool:
    return part in text


_MATCHES: Mapping[str, Matches] = {
    "contains": _contains,
    "has": has_term,
    "hasprefix": has_prefix,
    "hassuffix": has_suffix,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "=~": str.__eq__,
}


def match_text(operator: str, left: Compiled, right: Compiled, at: int) -> Compiled:
    """Compile an operator over texts; raise SemanticFailure where an operand is none."""
    text = coerce(left, Kind.STRING, f"the left side of '{operator}'")
    part = coerce(right, Kind.STRING, f"the right side of '{operator}'")
    if operator == "matches regex":
        return _pairs(lambda one, other: matcher(other)(one), text, part, at)
    if operator == "!~":
        return _insensitive(_MATCHES["=~"], text, part, at).then(negation, Kind.BOOL)
    name, negated = operator.removeprefix("!"), operator.startswith("!")
    found = (
        _pairs(_MATCHES[name.removesuffix("_cs")], text, part, at)
        if name.endswith("_cs")
        else _insensitive(_MATCHES[name], text, part, at)
    )
    return found.then(negation, Kind.BOOL) if negated else found


def _insensitive(matches: Matches, text: Compiled, part: Compiled, at: int) -> Compiled:
    return _pairs(matches, text.then(str.lower, Kind.STRING), part.then(str.lower, Kind.STRING), at)


def _pairs(matches: Matches, text: Compiled, part: Compiled, at: int) -> Compiled:
    if part.fixed is None:
        return Compiled(Kind.BOOL, lambda frame: list(map(matches, text.values(frame), part.values(frame))), at=at)
    wanted = part.fixed[0]

    def values(frame: Frame) -> Values:
        # Texts come again and again in the rows of one image: each is looked at once.
        column = text.values(frame)
        known = {one: matches(one, wanted) for one in set(column)}
        return list(map(known.__getitem__, column))

    return Compiled(Kind.BOOL, values, at=at)
