"""What if, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from functions import what_if
from shared.services.what_if import Bound
from tests.support.examples import finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask


def asked(**body: Any) -> tuple[int, Any]:
    return ask(what_if.what_if, method="POST", body=body)


@pytest.fixture
def filled(app: MemoryApp) -> MemoryApp:
    """Let one image have a finding of severity high."""
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push())
    app.work()
    return app


def test_the_answer_tells_both_sides(filled: MemoryApp) -> None:
    code, body = asked(unhealthyFrom="critical")
    assert (code, body["images"], body["changed"], body["unknownUntilScanned"]) == (200, 1, 1, 0)
    assert body["health"] == [{"before": "unhealthy", "after": "healthy", "images": 1}]
    assert body["value"][0]["before"]["reason"] == "1 open finding of severity low or above"
    assert body["bill"] == {
        "before": 1,
        "after": 1,
        "unknown": 0,
        "months": [{"month": "2026-11", "before": 1, "after": 1}],
    }
    past = body["past"]
    assert [(one["from"], one["to"]) for one in past["changesAvoided"]["value"]] == [("not-assessed", "unhealthy")]
    assert [(one["from"], one["to"]) for one in past["changesAdded"]["value"]] == [("not-assessed", "healthy")]
    assert [one["kind"] for one in past["noticesAvoided"]["value"]] == ["Plimsoll.Image.Unhealthy"]
    assert past["noticesAdded"]["count"] == 0


def test_images_are_read_again_by_the_command_only(filled: MemoryApp) -> None:
    code, body = asked(readers=True)
    assert (code, body["error"]["code"]) == (400, "InvalidParameter")
    assert "python -m cli what-if --readers" in body["error"]["message"]


@pytest.mark.parametrize(
    ("body", "code", "name"),
    [
        ({}, 400, "InvalidParameter"),
        ({"rule": {"criteria": {}, "reason": "r"}}, 400, "InvalidParameter"),
        ({"unhealthyFrom": "high", "to": "0001-01-01T00:00:00Z"}, 400, "InvalidParameter"),
        ({"without": ["lost"]}, 404, "RuleNotFound"),
        ({"advisorySnapshot": "../current.json"}, 404, "NoSuchSnapshot"),
    ],
)
def test_mistakes_are_answered_with_their_name(filled: MemoryApp, body: dict[str, Any], code: int, name: str) -> None:
    found, answer = asked(**body)
    assert (found, answer["error"]["code"]) == (code, name)


@pytest.mark.parametrize(
    ("bound", "code", "name"),
    [(Bound(images=0), 413, "TooManyImages"), (Bound(seconds=-1), 409, "WhatIfTooLong")],
)
def test_what_is_too_much_for_a_request_names_the_command(
    filled: MemoryApp, monkeypatch: pytest.MonkeyPatch, bound: Bound, code: int, name: str
) -> None:
    monkeypatch.setattr(what_if, "Bound", lambda: bound)
    found, answer = asked(unhealthyFrom="high")
    assert (found, answer["error"]["code"]) == (code, name)
    assert "python -m cli what-if" in answer["error"]["message"]
