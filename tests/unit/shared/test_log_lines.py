"""Lines of the log: one object each, whatever is in them."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from shared.log_lines import LogFormat, factory
from shared.trace import traced

HOSTILE = 'x"}\r\n{"level":"error"}\x1b[2J\x7f\x85\u2028\ud800<script>'


def record(chosen: LogFormat, message: str, *args: object, name: str = "shared.x", error: object = None) -> str:
    made = factory(chosen)(name, logging.WARNING, "x.py", 1, message, args, error, "f", None)
    return logging.Formatter().format(made)


def test_a_line_is_one_object_with_what_it_belongs_to() -> None:
    with traced(correlation_id="event-1", scan_id="push-event-1"):
        line = json.loads(record(LogFormat.JSON, "%s is %d", "it", 1))
    assert line.pop("time").endswith("+00:00")
    expected = {"level": "warning", "logger": "shared.x", "message": "it is 1"}
    assert line == {**expected, "correlationId": "event-1", "scanId": "push-event-1"}


def test_hostile_text_makes_no_line_of_its_own_and_is_told_as_it_was() -> None:
    with traced(correlation_id=HOSTILE):
        line = record(LogFormat.JSON, "event %s", HOSTILE)
    assert line.isascii()
    assert line.isprintable()
    found = json.loads(line)
    assert (found["message"], found["correlationId"], found["level"]) == (f"event {HOSTILE}", HOSTILE, "warning")


def test_text_for_people_has_no_control_characters_either() -> None:
    with traced(correlation_id="event-1\n"):
        line = record(LogFormat.TEXT, "event %s", HOSTILE)
    assert not set(line) & {"\n", "\r", "\x1b", "\x7f", "\x85", "\u2028"}
    assert line.endswith("[correlationId event-1\\x0a]")


def test_a_traceback_is_part_of_its_line() -> None:
    try:
        raise ValueError("no\nway")
    except ValueError:
        line = record(LogFormat.JSON, "it failed", error=sys.exc_info())
    assert "\n" not in line
    assert "ValueError: no\nway" in json.loads(line)["exception"]


def test_a_line_is_no_longer_than_application_insights_takes() -> None:
    assert len(record(LogFormat.JSON, "x" * 100_000)) < 32_768


@pytest.mark.parametrize("chosen", LogFormat)
def test_what_the_worker_says_of_itself_stays_as_it_is(chosen: LogFormat) -> None:
    assert record(chosen, "started", name="azure_functions_runtime.loader") == "started"
