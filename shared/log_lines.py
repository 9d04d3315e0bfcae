"""Lines of the log: one JSON object each in Azure, text that people read elsewhere.

The host hands over to Application Insights what a record says, and drops its ``extra``: so all of it is in the message.
Text of a line may be an attacker's; it can neither begin a line of its own nor steer a terminal.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from shared.trace import FIELDS, belonging

_LONGEST = 12_000  # characters of a message and of a traceback; Application Insights cuts lines at 32,768
# What the worker says of itself goes other ways, which know their own form.
_OF_THE_WORKER = ("azure_functions_runtime", "azure_functions_worker", "proxy_worker")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class LogFormat(StrEnum):
    """How lines are written, by the values of the setting LOG_FORMAT."""

    JSON = "json"
    TEXT = "text"


class JsonRecord(logging.LogRecord):
    """A record whose message is one JSON object: time, level, logger, message, what it belongs to, exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As attributes of their own, which OpenTelemetry takes over as they are.
        vars(self).update(belonging())
        # A formatter would add the traceback in lines of its own.
        self.exception, self.exc_info = _traceback(self.exc_info), None

    def getMessage(self) -> str:
        """Return the line, in ASCII."""
        line = {
            "time": datetime.fromtimestamp(self.created, UTC).isoformat(timespec="milliseconds"),
            "level": self.levelname.lower(),
            "logger": self.name,
            "message": super().getMessage()[:_LONGEST],
            **_belongs_to(self),
        }
        if self.exception:
            line["exception"] = self.exception[-_LONGEST:]
        return json.dumps(line).replace("\x7f", "\\u007f")


class TextRecord(logging.LogRecord):
    """A record whose message is a line that ends in what it belongs to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self).update(belonging())

    def getMessage(self) -> str:
        """Return the line, without control characters."""
        shown = "".join(f" [{name} {value}]" for name, value in _belongs_to(self).items())
        return f"{super().getMessage()}{shown}".translate(_CONTROL)


def install(chosen: LogFormat) -> None:
    """Write the lines of this process so from now on, whichever handlers take them, now or later."""
    logging.setLogRecordFactory(factory(chosen))


def factory(chosen: LogFormat) -> Callable[..., logging.LogRecord]:
    """Return what makes records of a format; those of the Functions worker itself stay as they are."""
    made: type[logging.LogRecord] = JsonRecord if chosen is LogFormat.JSON else TextRecord

    def make(name: str, *args: Any, **kwargs: Any) -> logging.LogRecord:
        kind = logging.LogRecord if name.startswith(_OF_THE_WORKER) else made
        return kind(name, *args, **kwargs)

    return make


def _belongs_to(record: logging.LogRecord) -> dict[str, str]:
    return {name: vars(record)[name] for name in FIELDS if name in vars(record)}


def _traceback(error: Any) -> str:
    return "".join(traceback.format_exception(*error)) if error and error[0] else ""
