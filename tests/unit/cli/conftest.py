"""The command line, with the app in memory in the place of an installation."""

from __future__ import annotations

import pytest

from shared import bootstrap
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


@pytest.fixture
def estate(monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    """Put an app with three unhealthy images, a healthy one and a rule behind the command line and the HTTP API."""
    app = MemoryApp()
    hits = [
        finding("CVE-1", Severity.CRITICAL, aliases=("GHSA-1",)),
        finding("CVE-2", Severity.LOW, fixed_version=None, fix_status="not-fixed"),
        finding("CVE-3", of=package("zlib1g", "1.3", source="zlib")),
    ]
    for number, found in enumerate((hits[:1], hits[:2], hits, []), start=1):
        app.world.advisories = MemoryAdvisories(report=report(found))
        app.record_push(push(f"e{number}", number, number, tag=f"v{number}", repository=f"team/app{number}"))
        app.work()
        app.world.clock.forward(minutes=1)
    rule = FindingDisabled("r1", RuleScope(repository="team/app3"), Criteria(("CVE-2",)), "accepted", "sam")
    app.disable_findings.disable(rule)
    app.work()
    monkeypatch.setattr("cli.session.open_installation", lambda environment, data: app)
    monkeypatch.setattr(bootstrap, "_app", app)
    return app
