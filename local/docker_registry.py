"""The container registry: the docker-registry program, or the image registry:2 where only a Docker engine is at hand.

Configuration: https://distribution.github.io/distribution/about/configuration/
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.failures import StartFailure
from local.folders import DataFolder
from local.ports import LOOPBACK

_PROGRAM = "docker-registry"
_IMAGE = "registry:2"


def registry_command(folder: DataFolder, port: int, notify_url: str) -> list[str]:
    """Write the registry's configuration and return the command that serves the folder's images.

    ``notify_url`` is told about every push, pull and delete. Raises StartFailure if there is neither the program
    nor a Docker engine.
    """
    configuration = registry_configuration(folder.registry, port, notify_url)
    folder.registry_configuration.write_text(json.dumps(configuration, indent=2))
    if program := shutil.which(_PROGRAM):
        return [program, "serve", str(folder.registry_configuration)]
    if docker := _running_docker():
        return _container_command(docker, folder, port)
    raise StartFailure("docker-registry is not installed: start with `make run`, which installs it, or start Docker")


def registry_configuration(storage: Path, port: int, notify_url: str) -> dict[str, object]:
    """Return the configuration: files in a folder, deletion on, notifications with what a manifest refers to."""
    listener = {"name": "plimsoll", "url": notify_url, "timeout": "30s", "threshold": 5, "backoff": "5s"}
    return {
        "version": "0.1",
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(storage)}, "delete": {"enabled": True}},
        "http": {"addr": f"{LOOPBACK}:{port}"},
        "notifications": {"events": {"includereferences": True}, "endpoints": [listener]},
    }


def registry_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the REGISTRY_ variables, each of which would override the configuration."""
    kept = {name: text for name, text in inherited.items() if not name.startswith("REGISTRY_")}
    return kept | {"OTEL_TRACES_EXPORTER": "none"}


def _running_docker() -> str | None:
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0:
        return docker
    return None


def _container_command(docker: str, folder: DataFolder, port: int) -> list[str]:
    command = [docker, "run", "--rm", "--name", f"plimsoll-registry-{port}", "--network", "host"]
    # The files belong to the user, and have the same name inside and outside.
    command += ["--user", f"{os.getuid()}:{os.getgid()}", "--env", "OTEL_TRACES_EXPORTER=none"]
    command += ["--volume", f"{folder.registry}:{folder.registry}"]
    command += ["--volume", f"{folder.registry_configuration}:{folder.registry_configuration}:ro"]
    return [*command, _IMAGE, "serve", str(folder.registry_configuration)]
