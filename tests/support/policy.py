"""A reading of Azure Policy's language, as far as the policy of ``infra/`` uses it: what is not known here fails.

Source: learn.microsoft.com, "Azure Policy definition structure policy rule": comparisons do not heed case, a field that
is not there equals nothing, and a related resource counts where it meets the existence condition by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

type Json = dict[str, Any]
type Field = Callable[[str], object]

_SETTING = "Microsoft.Insights/diagnosticSettings/"
_TERM = re.compile(r"(parameters|field)\('(\w+)'\)|'([^']*)'")


@dataclass(frozen=True)
class Policy:
    """A policy rule with the parameters of its assignment."""

    rule: Json
    parameters: Mapping[str, str]

    def applies(self, resource: Json) -> bool:
        return self._holds(self.rule["if"], _of_resource(resource))

    def satisfied(self, settings: list[Json]) -> bool:
        """Say whether one of the diagnostic settings of a resource is what is to be there."""
        wanted = self.rule["then"]["details"]["existenceCondition"]
        return any(self._holds(wanted, _of_setting(setting)) for setting in settings)

    def deployed(self, resource: Json) -> Json:
        """Return the one resource that the policy's template makes."""
        deployment = self.rule["then"]["details"]["deployment"]["properties"]
        given = {
            name: _text(one["value"], self.parameters, _of_resource(resource))
            for name, one in deployment["parameters"].items()
        }
        assert set(given) == set(deployment["template"]["parameters"])
        [made] = deployment["template"]["resources"]
        return {name: _filled(value, given) for name, value in made.items()}

    def _holds(self, condition: Json, field: Field) -> bool:
        match condition:
            case {"allOf": conditions, **rest} if not rest:
                return all(self._holds(one, field) for one in conditions)
            case {"anyOf": conditions, **rest} if not rest:
                return any(self._holds(one, field) for one in conditions)
            case {"count": {"field": name, "where": where}, "greaterOrEquals": least, **rest} if not rest:
                items = field(name)
                assert isinstance(items, list)
                return sum(self._holds(where, _of_item(name, item)) for item in items) >= int(least)
            case {"field": name, "equals": value, **rest} if not rest:
                return self._equal(field(_text(name, self.parameters)), value)
            case {"field": name, "notEquals": value, **rest} if not rest:
                return not self._equal(field(_text(name, self.parameters)), value)
        raise AssertionError(f"not known of Azure Policy's language: {condition}")

    def _equal(self, found: object, value: str) -> bool:
        return found is not None and str(found).casefold() == _text(value, self.parameters).casefold()


def _of_resource(resource: Json) -> Field:
    def field(name: str) -> object:
        if tag := re.fullmatch(r"tags\[(.+)\]", name):
            tags = {key.casefold(): value for key, value in resource["tags"].items()}
            return tags.get(tag[1].casefold())
        return resource[name]

    return field


def _of_setting(setting: Json) -> Field:
    return lambda name: setting["properties"].get(name.removeprefix(_SETTING).removesuffix("[*]"))


def _of_item(array: str, item: Json) -> Field:
    return lambda name: item.get(name.removeprefix(f"{array}."))


def _filled(value: Any, parameters: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, parameters) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, parameters) for one in value]
    return _text(value, parameters) if isinstance(value, str) else value


def _text(written: str, parameters: Mapping[str, str], field: Field | None = None) -> str:
    if not written.startswith("["):
        return written
    assert re.fullmatch(r"\[(concat\((, )*\))?\]", _TERM.sub("", written)), f"not known: {written}"
    terms = _TERM.findall(written)
    return "".join(_term(kind, name, literal, parameters, field) for kind, name, literal in terms)


def _term(kind: str, name: str, literal: str, parameters: Mapping[str, str], field: Field | None) -> str:
    if kind == "field":
        assert field is not None, "field() is of a resource"
        return str(field(name))
    return parameters[name] if kind else literal
