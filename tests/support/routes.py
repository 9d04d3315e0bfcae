"""The HTTP functions of the app, as the host gets them."""

import json
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import azure.functions as func

import function_app


class Route(NamedTuple):
    """One HTTP function."""

    route: str
    methods: tuple[str, ...]
    handler: Callable[[func.HttpRequest], func.HttpResponse]


@cache
def routes() -> dict[str, Route]:
    """Return the HTTP functions by name; the app can be asked for them once only."""
    found = {}
    for one in function_app.app.get_functions():
        for binding in json.loads(one.get_function_json())["bindings"]:
            if binding["type"] == "httpTrigger":
                made = Route(binding["route"], tuple(binding["methods"]), one.get_user_function())
                found[str(one.get_function_name())] = made
    return found
