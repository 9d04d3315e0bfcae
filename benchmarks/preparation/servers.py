"""The registry and the storage emulator that benchmarks start for themselves, on free ports of 127.0.0.1."""

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.failures import CannotRun
from local.azurite import azurite_command, connection_string
from local.child import Child
from local.docker_registry import registry_environment
from local.failures import StartFailure
from local.options import AzuritePorts
from local.ports import LOOPBACK, accepts_connections

_START_SECONDS = 90.0
_STOP_SECONDS = 10.0


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Serve a folder of images; give the login server. Raises CannotRun."""
    program = shutil.which("docker-registry")
    if program is None:
        raise CannotRun("docker-registry is not installed: install the Debian package, or name an image with --image")
    port = _free_ports(1)[0]
    configuration = folder / "registry.yml"
    configuration.write_text(json.dumps(_configuration(folder / "registry", port)))
    command = [program, "serve", str(configuration)]
    child = Child("the registry", command, folder / "registry.log", registry_environment(os.environ))
    with _running(child, [port]):
        yield f"{LOOPBACK}:{port}"


@contextmanager
def azurite(folder: Path) -> Iterator[str]:
    """Run the storage emulator on a folder; give its connection string. Raises CannotRun."""
    ports = AzuritePorts(*_free_ports(3))
    try:
        command = azurite_command(folder, ports)
    except StartFailure as error:
        raise CannotRun(str(error)) from error
    with _running(Child("Azurite", command, folder.parent / "azurite.log"), ports):
        yield connection_string(ports)


def _configuration(storage: Path, port: int) -> dict[str, object]:
    return {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(storage)}},
        "http": {"addr": f"{LOOPBACK}:{port}"},
    }


@contextmanager
def _running(child: Child, ports: list[int] | AzuritePorts) -> Iterator[None]:
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not all(map(accepts_connections, ports)):
            if child.exit_status is not None or time.monotonic() > deadline:
                raise CannotRun(f"{child.name} did not start. {child.last_words()}")
            time.sleep(0.1)
        yield
    finally:
        child.stop(_STOP_SECONDS)


def _free_ports(count: int) -> list[int]:
    # All are held until the last one is found, so that none is given twice.
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
