"""Whoever projects from outside must do it under the settings of the app."""

import msgspec
import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.services.check_settings import SettingsDiffer
from tests.support.examples import push
from tests.support.memory_app import MemoryApp


def used(**settings: object) -> tuple[MemoryApp, MemoryApp]:
    """Return an app in use, and another over the same storage with other settings."""
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me"))
    changed = msgspec.structs.replace(app.settings, **settings)
    other = MemoryApp(settings=changed, world=app.world, tables=app.tables, containers=app.containers)
    object.__setattr__(other.check_settings, "log", app.log)
    return app, other


def test_the_settings_of_the_app_itself_are_fine() -> None:
    app, same = used()
    app.check_settings()
    same.check_settings()


def test_an_installation_that_is_still_empty_takes_any() -> None:
    MemoryApp().check_settings()


def test_another_threshold_is_refused() -> None:
    _, other = used(unhealthy_from=Severity.HIGH)
    with pytest.raises(SettingsDiffer, match="'low' on, and this command would from 'high': set UNHEALTHY_FROM"):
        other.check_settings()


def test_another_subscription_is_refused() -> None:
    _, other = used(subscription_id="11111111-1111-1111-1111-111111111111")
    with pytest.raises(SettingsDiffer, match="subscription 00000000-0000-0000-0000-000000000000: set SUBSCRIPTION_ID"):
        other.check_settings()
