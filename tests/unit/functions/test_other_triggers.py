"""The triggers that have nothing to say for themselves: billing, status, pulls, the dashboard."""

import pytest

from functions import billing, dashboard, pulls, retention
from shared import bootstrap
from shared.advisories.change_log import ChangeLog
from shared.settings import Settings
from tests.support.examples import REGISTRY, digest, finding, pull, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import Tick, ask, ask_raw


def test_the_bill_of_a_month_lists_each_charge_with_its_cause(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.work()
    status, body = ask(billing.get_billing, "/api/billing?month=2026-11")
    charge = {
        "registry": "contoso.azurecr.io",
        "repository": "app",
        "digest": digest(1),
        "time": "2026-11-02T10:00:00Z",
        "eventId": "e1",
    }
    assert (status, body) == (200, {"month": "2026-11", "total": 1, "charges": [charge]})
    assert ask(billing.get_billing, "/api/billing?month=2026-10")[1]["charges"] == []
    before = "/api/billing?month=2026-11&asOf=2026-11-02T09:00:00Z"
    assert ask(billing.get_billing, before)[1]["total"] == 0


@pytest.mark.parametrize("query", ["month=2026", "month=2026-11&asOf=x", "month=2026-11&asOf=9999-01-01T00:00:00Z"])
def test_a_month_or_time_that_is_none_is_a_bad_request(app: MemoryApp, query: str) -> None:
    assert ask(billing.get_billing, f"/api/billing?{query}")[0] == 400


def test_the_timers_of_pulls_read_the_log_and_ask_for_rescans(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.read_pull_log.record_pull(pull())
    app.work()
    app.world.clock.forward(days=7)
    pulls.on_pull_log(Tick())
    pulls.weekly_rescan(Tick())
    assert list(app.state().open_scans) == ["rescan-2026W46"]


def test_the_timer_of_retention_keeps_reports_for_as_long_as_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for days, left in ((0, 4), (10, 2)):  # the report of the charge and the last one stay in any case
        app = MemoryApp(settings=Settings(registries=(REGISTRY,), report_retention_days=days))
        monkeypatch.setattr(bootstrap, "_app", app)
        app.record_push(push("e1"))
        app.work()
        for number in range(3):
            app.world.advisories = MemoryAdvisories(f"snapshot-{number}", report([finding(f"CVE-{number}")]))
            app.rescan_affected(ChangeLog(f"snapshot-{number}"))
            app.work()
        app.world.clock.forward(days=30)
        retention.delete_old_reports(Tick())
        assert len(list(app.reports.names())) == left


def test_the_dashboard_is_served_with_a_policy_that_keeps_foreign_code_out() -> None:
    page = ask_raw(dashboard.dashboard)
    assert (page.status_code, page.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    again = ask_raw(dashboard.dashboard, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../host.json", "..%2Fhost.json", "host.json", "", "index.html/", "\x00"])
def test_no_file_outside_the_dashboard_is_served(name: str) -> None:
    status, body = ask(dashboard.dashboard_file, route={"name": name})
    assert (status, body["error"]["code"]) == (404, "FileNotFound")
