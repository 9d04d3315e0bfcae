"""``python -m cli`` as a process of its own, on the storage of a service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.service import Service

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120


def command(service: Service, *arguments: str, **streams: Any) -> subprocess.Popen[str]:
    """Start a command."""
    environment = {**os.environ, "AzureWebJobsStorage": service.connection_string}
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
