"""Runs the real host on one of the apps beside this file, in a process of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import urllib3

_ROOT = Path(__file__).resolve().parents[4]
_APPS = Path(__file__).resolve().parent / "apps"
_LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")
PATIENCE_SECONDS = 60


def wait_for[Found](look: Callable[[], Found | None], what: str, seconds: float = PATIENCE_SECONDS) -> Found:
    """Poll until ``look`` finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def make_app(name: str, directory: Path, host: Mapping[str, Any] | None = None) -> Path:
    """Copy the app ``name`` to a folder of its own, with a ``host.json``."""
    app = directory / name
    shutil.copytree(_APPS / name, app, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {"version": "2.0", "extensions": {"http": {"routePrefix": ""}}} | dict(host or {})
    (app / "host.json").write_bytes(msgspec.json.encode(settings))
    return app


class Hosting:
    """One host process."""

    def __init__(self, app: Path, environment: Mapping[str, str] | None = None, *options: str) -> None:
        self.app = app
        self._log = app / "host.log"
        self.record = app / "record.txt"
        self.record.touch()
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AzureWebJobs")}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "local.host",
                    "--app",
                    str(app),
                    "--port",
                    "0",
                    "--log-level",
                    "debug",
                    *options,
                ],
                cwd=_ROOT,
                env=clean | {"RECORD": str(self.record)} | dict(environment or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def recorded(self) -> list[str]:
        """Return what the functions of the app wrote down, in order."""
        return self.record.read_text().splitlines()

    def wait_for_record(self, *lines: str) -> None:
        wait_for(lambda: set(lines) <= set(self.recorded()), f"the records {lines}; the log is:\n{self.log}")

    def url(self, path: str = "") -> str:
        """Return the address of a path, once the host listens."""

        def look() -> str | None:
            assert self.process.poll() is None, self.log
            found = _LISTENING.findall(self.log)
            return found[-1] if found else None

        return wait_for(look, "the host") + path

    def request(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        return urllib3.request(method, self.url(path), retries=False, timeout=PATIENCE_SECONDS, **options)

    def worker_pid(self) -> int:
        """Return the id of the worker, from the app that writes it down."""
        return int(self.request("GET", "/pid").data)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the host with a signal and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


def is_running(pid: int) -> bool:
    """Say whether a process exists and is not merely waiting to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
