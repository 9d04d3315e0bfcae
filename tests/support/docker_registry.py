"""The real CNCF ``docker-registry`` (Debian package), started for a test on a free port of 127.0.0.1."""

import json
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import urllib3

from tests.support.ports import free_port

PROGRAM = "/usr/bin/docker-registry"
_START_SECONDS = 60
_STOP_SECONDS = 15
_ATTEMPTS = 5


class RegistryDidNotStart(RuntimeError):
    """docker-registry ended or stayed silent; the message holds the end of its log."""


class DockerRegistry:
    """A running registry: ``host`` is its login server, ``storage`` the directory that holds its blobs."""

    def __init__(self, process: subprocess.Popen[bytes], host: str, storage: Path) -> None:
        self._process = process
        self.host = host
        self.url = f"http://{host}"
        self.storage = storage

    def blob_path(self, digest: str) -> Path:
        """Return the file that holds a blob or manifest, for tests that cut or corrupt it."""
        algorithm, _, hexadecimal = digest.partition(":")
        return self.storage / "docker/registry/v2/blobs" / algorithm / hexadecimal[:2] / hexadecimal / "data"

    def close(self) -> None:
        """End the registry that this object started."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start_registry(
    directory: Path, *, notify_url: str | None = None, htpasswd: str | None = None, port: int | None = None
) -> DockerRegistry:
    """Start a registry that keeps everything in a directory, with deletion enabled, and wait until it answers.

    ``notify_url`` receives its notifications (events with references). ``htpasswd`` holds bcrypt lines that
    switch basic authentication on. ``port`` is one that is known to be free. Raises RegistryDidNotStart.
    """
    storage = directory / "storage"
    storage.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        # Another process may take the free port before the registry binds it: then the next port is tried.
        host = f"127.0.0.1:{port or free_port()}"
        configuration = _configuration(directory, host, notify_url, htpasswd)
        registry = DockerRegistry(_launch(directory, configuration), host, storage)
        if _answers(registry):
            return registry
        registry.close()
    raise RegistryDidNotStart((directory / "registry.log").read_text(errors="replace")[-2000:])


def _configuration(directory: Path, host: str, notify_url: str | None, htpasswd: str | None) -> Path:
    settings: dict[str, object] = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        # No descriptor cache: a file that a test changes is seen as it is.
        "storage": {"filesystem": {"rootdirectory": str(directory / "storage")}, "delete": {"enabled": True}},
        "http": {"addr": host},
    }
    if notify_url:
        # What is not acknowledged in time is told again, and a test that counts would take it for another event.
        endpoint = {"name": "test", "url": notify_url, "timeout": "60s", "threshold": 5, "backoff": "1s"}
        settings["notifications"] = {"events": {"includereferences": True}, "endpoints": [endpoint]}
    if htpasswd:
        users = directory / "htpasswd"
        users.write_text(htpasswd)
        settings["auth"] = {"htpasswd": {"realm": "test", "path": str(users)}}
    path = directory / "registry.json"
    path.write_text(json.dumps(settings))
    return path


def _launch(directory: Path, configuration: Path) -> subprocess.Popen[bytes]:
    with (directory / "registry.log").open("ab") as log:
        # An empty environment: REGISTRY_* variables would override the configuration.
        return subprocess.Popen([PROGRAM, "serve", str(configuration)], stdout=log, stderr=log, env={})


def _answers(registry: DockerRegistry) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    with urllib3.PoolManager(retries=False, timeout=5.0) as pool:
        while time.monotonic() < deadline and registry._process.poll() is None:
            try:
                if pool.request("GET", f"{registry.url}/v2/").status in (200, 401):
                    return registry._process.poll() is None
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
    return False
