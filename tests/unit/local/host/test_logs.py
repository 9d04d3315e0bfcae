"""Log lines."""

import logging
import re

from local.host.logs import LineFormatter


def record(message: str, **extra: str) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "app", "levelname": "INFO", "msg": message})
    made.__dict__.update(extra)
    return made


def test_a_line_has_time_level_logger_and_message() -> None:
    line = LineFormatter(str).format(record("hello"))
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}Z info app: hello", line)


def test_a_line_names_the_invocation_that_runs() -> None:
    assert LineFormatter(lambda: "f 1").format(record("hello")).endswith("info [f 1] app: hello")


def test_an_invocation_named_by_the_record_comes_first() -> None:
    assert LineFormatter(lambda: "f 1").format(record("hello", invocation="g 2")).endswith("info [g 2] app: hello")


def test_a_record_stays_on_its_line_and_cannot_steer_a_terminal() -> None:
    line = LineFormatter(str).format(record("a\nb\r\x1b[2J\x9b\u2028c\td"))
    assert line.endswith("app: a\\nb\\r\\x1b[2J\\x9b\\u2028c\td")


def test_a_traceback_follows_indented_and_escaped() -> None:
    made = record("failed")
    try:
        raise ValueError("bad \x1b[0m")
    except ValueError as error:
        made.exc_info = (type(error), error, error.__traceback__)
    first, *others = LineFormatter(str).format(made).splitlines()
    assert first.endswith("failed")
    assert all(line.startswith("    ") for line in others)
    assert others[-1] == "    ValueError: bad \\x1b[0m"
