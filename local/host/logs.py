"""Log lines: one line a record, with the function and the invocation that it belongs to."""

import logging
import sys
import time
from collections.abc import Callable

# Text of an app may be an attacker's: a record stays on its line and cannot steer a terminal.
_CONTROL_CHARACTERS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class LineFormatter(logging.Formatter):
    """Formats ``12:00:00.123Z warning [function invocation-id] logger: message``; a traceback follows, indented.

    ``invocation`` returns the part in brackets for the code that logs, or an empty string.
    """

    @staticmethod
    def converter(seconds: float | None = None) -> time.struct_time:
        """Tell the time in UTC."""
        return time.gmtime(seconds)

    def __init__(self, invocation: Callable[[], str]) -> None:
        super().__init__()
        self._invocation = invocation

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line, plus the lines of its traceback."""
        moment = f"{self.formatTime(record, '%H:%M:%S')}.{int(record.msecs):03d}Z"
        invocation = getattr(record, "invocation", "") or self._invocation()
        origin = f"[{invocation}] {record.name}" if invocation else record.name
        line = f"{moment} {record.levelname.lower()} {origin}: {printable(record.getMessage())}"
        details = getattr(record, "details", "")
        if record.exc_info:
            details = self.formatException(record.exc_info)
        return f"{line}\n{indented(details)}" if details else line


def printable(text: str) -> str:
    """Escape line ends and control characters."""
    return text.translate(_CONTROL_CHARACTERS)


def indented(text: str) -> str:
    """Indent every line, so that what follows a record is seen to belong to it."""
    return "\n".join(f"    {printable(line)}" for line in text.splitlines())


def log_to_stderr(level: str, levels: dict[str, str], invocation: Callable[[], str] = str) -> None:
    """Send all records of this process to standard error; ``levels`` are exceptions by logger name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(invocation))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, own_level in levels.items():
        logging.getLogger(name).setLevel(own_level.upper())
