"""JSON that is nested deeper than any reader goes: it is refused like any other nonsense, wherever it comes in."""

import base64
from collections.abc import Callable
from urllib.parse import urlencode

import azure.functions as func
import pytest

from functions import findings, projections, reconciliation, registry_events, resource_graph, scans, walks
from functions.caller import identify
from shared import bootstrap
from shared.api.errors import ApiError
from shared.settings import Settings
from tests.support.memory_app import MemoryApp
from tests.support.principals import SIGNED_IN_BY
from tests.support.triggers import ask

NESTED = b'{"":' * 12_000  # 48 kB: a queue takes 64
TOKEN = base64.urlsafe_b64encode(NESTED).decode()
GRAPH = "/?api-version=2022-10-01"


@pytest.mark.parametrize(
    ("trigger", "source"),
    [
        (projections.on_failed_projection, "projections"),
        (scans.on_failed_scan, "scans"),
        (walks.walk, "walks"),
        (walks.on_failed_walk, "walks"),
        (registry_events.on_failed_registry_message, "registry-events"),
    ],
)
def test_a_message_is_kept_as_a_dead_letter(
    app: MemoryApp, trigger: Callable[[func.QueueMessage], None], source: str
) -> None:
    trigger(func.QueueMessage(id="m1", body=NESTED))
    [letter] = app.dead_letters.newest(5)
    assert letter["source"] == source


def test_a_message_of_a_sweep_is_told_in_the_log_as_its_timer_sends_another(
    app: MemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    reconciliation.on_failed_sweep(func.QueueMessage(body=NESTED))
    assert "cannot be read" in caplog.text
    assert app.dead_letters.newest(5) == []


@pytest.mark.usefixtures("app")
def test_a_question_is_refused() -> None:
    page = {"query": "resources", "options": {"$skipToken": TOKEN}}
    for body, code in ((NESTED, "BadRequest"), (page, "InvalidParameter")):
        status, answer = ask(resource_graph.query_resources, GRAPH, method="POST", body=body)
        assert (status, answer["error"]["code"]) == (400, code)


@pytest.mark.usefixtures("app")
def test_a_page_is_refused() -> None:
    assert ask(findings.find_findings, "/?" + urlencode({"skipToken": TOKEN}))[0] == 400


def test_a_principal_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_app", MemoryApp(Settings(sign_in=True)))
    header = base64.b64encode(NESTED).decode()
    with pytest.raises(ApiError) as raised:
        identify(func.HttpRequest("GET", "https://host/", headers={SIGNED_IN_BY: header}, body=b""))
    assert raised.value.status == 401
