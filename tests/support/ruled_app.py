"""An app with one image, and what every way to ask says of the rules on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from functions import findings, images, rules
from shared import bootstrap
from shared.domain.findings import Finding
from shared.domain.roles import Role
from shared.settings import Settings
from tests.support.examples import REGISTRY, digest, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

ONE = {"registry": REGISTRY, "digest": digest(1)}


def one_image(hits: list[Finding], places: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    """Return an app with an image that has these findings; the places are settings for feeds."""
    made = MemoryApp(settings=Settings(registries=(REGISTRY,), function_key_role=Role.ADMIN, **places))
    monkeypatch.setattr(bootstrap, "_app", made)
    made.world.advisories = MemoryAdvisories(report=report(hits))
    made.record_push(push("e1"))
    made.work()
    return made


def made_rule(body: dict[str, Any]) -> dict[str, Any]:
    """Make a rule over HTTP; return it."""
    status, made = ask(rules.make_rule, method="POST", body=body)
    assert status == 201
    return dict(made)


def hidden(at: datetime | None = None) -> list[str]:
    """Name the flaws that are hidden, as every way to ask has them."""
    query = f"/?asOf={at.isoformat().replace('+00:00', 'Z')}" if at else "/"
    listed = ask(images.list_findings, query, route=ONE)[1]["value"]
    named = sorted(one["cve"] or one["advisory"] for one in listed if one["disabledBy"])
    found = ask(findings.find_findings, query)[1]["value"]
    assert sorted(one["cve"] or one["advisory"] for one in found if one["disabledBy"]) == named
    return named


def rule_events(app: MemoryApp) -> list[str]:
    """Name the types of all events of the rules' stream."""
    return [type(one.event).__name__ for one in app.log.load(app.rules.stream).events]
