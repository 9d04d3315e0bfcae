"""JSON Schemas of the types that are sent and received, from the types themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from shared.api.openapi.interface import Json

_PLACE = "#/components/schemas/{name}"


def schema_of(body: type) -> Json:
    """Give the reference to the schema of a type."""
    return {"$ref": _PLACE.format(name=body.__name__)}


def schemas_sent(types: Iterable[type]) -> Json:
    """Give the schemas of types that are sent, with all that they are made of: every field is always there."""
    found = _schemas(types)
    for schema in found.values():
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
    return found


def schemas_received(types: Iterable[type]) -> Json:
    """Give the schemas of types that are received, with all that they are made of: fields with a default may lack."""
    return _schemas(types)


def _schemas(types: Iterable[type]) -> Json:
    wanted = list(types)
    _, found = msgspec.json.schema_components(wanted, ref_template=_PLACE)
    made: Json = dict(found)
    for name, field in _times(msgspec.inspect.multi_type_info(wanted), set()):
        # The library leaves out that a text is a time where it may be one without a time zone; ours never are.
        for choice in made[name]["properties"][field].get("anyOf", [made[name]["properties"][field]]):
            if choice.get("type") == "string":
                choice["format"] = "date-time"
    return made


def _times(infos: Iterable[Any], seen: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the type and the field of every time in types and in what they are made of."""
    for info in infos:
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls.__name__ in seen:
                continue
            seen.add(info.cls.__name__)
            for field in info.fields:
                if any(isinstance(one, msgspec.inspect.DateTimeType) for one in (field.type, *_parts(field.type))):
                    yield info.cls.__name__, field.encode_name
                yield from _times([field.type], seen)
        else:
            yield from _times(_parts(info), seen)


def _parts(info: Any) -> tuple[Any, ...]:
    match info:
        case msgspec.inspect.UnionType():
            return info.types
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return (info.item_type,)
        case msgspec.inspect.DictType():
            return (info.value_type,)
        case _:
            return ()
