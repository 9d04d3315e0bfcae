"""``python -m cli`` as a process of its own, on the storage of a service."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from io import RawIOBase
from pathlib import Path
from typing import Any

from tests.support.service import Service

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
# What a terminal is known by, besides itself: whoever runs the tests may have set these (pytest-xdist sets a width).
_OF_TERMINALS = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM"}


def command(service: Service, *arguments: str, **streams: Any) -> subprocess.Popen[str]:
    """Start a command with the settings of a service."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in _OF_TERMINALS},
        "TERM": "xterm",
        "AzureWebJobsStorage": service.connection_string,
        "REGISTRIES": f"http://{service.host}",
        "CACHE_DIR": str(service.cache / "command-line"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )


def finish(running: subprocess.Popen[str]) -> tuple[int, Any]:
    """Wait for a command; return its exit status and the JSON that it wrote."""
    output, errors = running.communicate(timeout=SECONDS)
    assert output, errors
    return running.returncode, json.loads(output)


def on_terminal(service: Service, columns: int, *arguments: str) -> tuple[int, str]:
    """Run a command whose standard output is a terminal so many characters wide; return its status and output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    running = command(service, *arguments, stdout=theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as screen:
        output = b"".join(iter(lambda: _read(screen), b""))
    running.communicate(timeout=SECONDS)
    return running.returncode, output.decode()


def _read(screen: RawIOBase) -> bytes:
    try:
        return screen.read(65536) or b""
    except OSError:  # Linux says so when the other side of a terminal is closed
        return b""
