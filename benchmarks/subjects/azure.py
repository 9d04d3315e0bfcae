"""Answers to clients of Azure Resource Manager behind their trigger, from a fleet of images in an emulator."""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from benchmarks.subjects.timed import Outcome, Timed
from functions.arm import arm_of_subscription
from shared import bootstrap
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.rows.security import sub_assessment_rows
from shared.api.arm.subjects import places
from shared.bootstrap import App
from shared.settings import Settings
from shared.storage.account import load_sdk

_HOST = "https://plimsoll.example"
_SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Security"
_FINDINGS = f"{_SUBSCRIPTION}/assessments/{Recommendation.DETAILED}/subAssessments?api-version=2019-01-01-preview"
_QUESTIONS = 50


def secure_score(storage: str, folder: str) -> Timed:
    """Time the secure score."""
    _serve(storage, folder)
    return _asked(lambda number: f"{_SUBSCRIPTION}/secureScores?api-version=2020-01-01")


def assessments(storage: str, folder: str) -> Timed:
    """Time the list of assessments."""
    _serve(storage, folder)
    return _asked(lambda number: f"{_SUBSCRIPTION}/assessments?api-version=2021-06-01")


def first_page(storage: str, folder: str) -> Timed:
    """Time the first thousand findings."""
    _serve(storage, folder)
    return _asked(lambda number: _FINDINGS)


def any_page(storage: str, folder: str) -> Timed:
    """Time pages of a thousand findings somewhere in the list."""
    _serve(storage, folder)
    links = [_FINDINGS]
    while link := _get(links[-1]).get("nextLink"):
        links.append(link.removeprefix(_HOST))
    return _asked(lambda number: links[number * 7 % len(links)])


def one_finding(storage: str, folder: str) -> Timed:
    """Time findings that are asked for by their ids."""
    _serve(storage, folder)
    ids = [one["id"] for one in _get(_FINDINGS)["value"]]
    return _asked(lambda number: f"{ids[number * 17 % len(ids)]}?api-version=2019-01-01-preview")


def rows(storage: str, folder: str) -> Timed:
    """Time the rows of all findings, none of which is kept."""
    app = _serve(storage, folder)

    def timed() -> Outcome:
        estate = app.query_estate()
        made = sub_assessment_rows(estate, places(estate.registries), [Recommendation.DETAILED])
        return sum(1 for _ in made), {}

    return timed


def _asked(path: Callable[[int], str]) -> Timed:
    _get(path(0))

    def timed() -> Outcome:
        took: list[float] = []
        for number in range(_QUESTIONS):
            began = time.perf_counter()
            size = len(_answer(path(number)))
            took.append(time.perf_counter() - began)
        tail = statistics.quantiles(took, n=20)[-1]
        return _QUESTIONS, {"bytes": size, "p95 µs": round(tail * 1e6), "worst µs": round(max(took) * 1e6)}

    return timed


def _get(path: str) -> Any:
    return json.loads(_answer(path))


def _answer(path: str) -> bytes:
    parts = urlsplit(path)
    route = {"path": parts.path.removeprefix("/subscriptions/")}
    request = func.HttpRequest("GET", _HOST + path, params=dict(parse_qsl(parts.query)), route_params=route, body=b"")
    answered = arm_of_subscription(request)
    if answered.status_code != 200:
        raise AssertionError(answered.get_body())
    return bytes(answered.get_body())


def _serve(storage: str, folder: str) -> App:
    load_sdk()
    app = App(Settings(storage_connection=storage, cache_dir=folder))
    bootstrap._app = app
    app.findings_index.revision()
    return app
