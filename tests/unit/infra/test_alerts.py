"""The alerts ask for what the app really logs."""

import json
import logging
import re

import pytest

from functions import status
from shared.settings import Settings
from tests.support.bicep import template
from tests.support.memory_app import MemoryApp
from tests.support.triggers import Tick
from tests.unit.functions.test_index import QUEUES, TIMERS

ALERTS = template("app/alerts.bicep")
QUERIES = {one["name"]: one["query"] for one in ALERTS.variable("alerts")}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(status, "app", MemoryApp)
    with caplog.at_level(logging.INFO, logger="functions.status"):
        status.log_status(Tick())
    return caplog.messages[-1]


def test_there_is_an_alert_for_everything_that_may_go_wrong_unseen() -> None:
    assert set(QUERIES) == {"poison", "dead-letters", "feed-age", "lag", "failures", "silence"}


def test_the_figures_are_found_in_the_log(logged: str) -> None:
    [(start, cut)] = re.findall(r'startswith "([^"]+)".*substring\(told, (\d+)\)', ALERTS.variable("figures"))
    assert logged.startswith(start)
    assert "coalesce(tostring(parse_json(Message).message), Message)" in ALERTS.variable("figures")  # both formats
    figures = json.loads(logged[int(cut) :])
    asked = {name for query in QUERIES.values() for name in re.findall(r"\bfigures\.(\w+)", query)}
    assert asked == set(figures) - {"failedFeeds"}
    assert set(re.findall(r'queues\["([^"]+)"\]', QUERIES["poison"])) <= set(figures["queues"])


def test_every_poison_queue_is_looked_at() -> None:
    looked_at = set(re.findall(r'queues\["([^"]+)"\]', QUERIES["poison"]))
    assert looked_at == {name for name in QUEUES.values() if name.endswith("-poison")}


def test_an_app_that_is_silent_is_one_whose_timer_does_not_run() -> None:
    assert re.findall(r'Name == "(\w+)"', QUERIES["silence"]) == [name for name in TIMERS if name == "log_status"]


def test_a_feed_is_told_of_before_nothing_counts_as_healthy_any_more() -> None:
    assert ALERTS.part("parameters")["maximumFeedDays"]["default"] < Settings().max_feed_age_days


def test_an_alert_can_be_made_before_anything_was_logged() -> None:
    [rules] = ALERTS.bodies("Microsoft.Insights/scheduledQueryRules")
    assert rules["properties"]["skipQueryValidation"] is True
