"""The settings of an app: ``host.json``, ``local.settings.json`` and the environment, which wins.

Reference: https://learn.microsoft.com/azure/azure-functions/functions-host-json and
https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from local.host.errors import HostRefused
from local.host.timespans import seconds_of_timespan

_log = logging.getLogger("local.host.settings")

_PLACEHOLDER = re.compile(r"%([^%]+)%")
_MAX_MESSAGES_PER_REQUEST = 32


class HttpSettings(msgspec.Struct, frozen=True, rename="camel"):
    """``extensions.http`` of host.json; a limit below 0 means none."""

    route_prefix: str = "api"
    max_outstanding_requests: int = -1
    max_concurrent_requests: int = -1


class QueueSettings(msgspec.Struct, frozen=True, rename="camel"):
    """``extensions.queues`` of host.json; times as time spans."""

    batch_size: int = 16
    new_batch_threshold: int = -1
    max_dequeue_count: int = 5
    max_polling_interval: str = "00:00:02"
    visibility_timeout: str = "00:00:00"
    message_encoding: str = "base64"

    def __post_init__(self) -> None:
        if not 1 <= self.batch_size <= _MAX_MESSAGES_PER_REQUEST:
            raise ValueError(f"queues.batchSize must be 1 to {_MAX_MESSAGES_PER_REQUEST}, not {self.batch_size}")
        if self.max_dequeue_count < 1:
            raise ValueError(f"queues.maxDequeueCount must be at least 1, not {self.max_dequeue_count}")
        if self.message_encoding.lower() not in ("base64", "none"):
            raise ValueError(f"queues.messageEncoding must be base64 or none, not {self.message_encoding}")
        seconds_of_timespan(self.max_polling_interval)
        seconds_of_timespan(self.visibility_timeout)

    @property
    def threshold(self) -> int:
        """Return how many messages may still run when the next batch is fetched."""
        return self.new_batch_threshold if self.new_batch_threshold >= 0 else self.batch_size // 2 * _cores()

    @property
    def is_base64(self) -> bool:
        """Say whether message texts are Base64."""
        return self.message_encoding.lower() == "base64"


class _Extensions(msgspec.Struct, frozen=True):
    http: HttpSettings = HttpSettings()
    queues: QueueSettings = QueueSettings()


# Names of .NET for the levels of Python's logging.
_LEVELS = {"trace": "debug", "debug": "debug", "information": "info", "warning": "warning", "error": "error"}
_OFF = "critical"


class LoggingSettings(msgspec.Struct, frozen=True, rename="camel"):
    """``logging`` of host.json."""

    log_level: dict[str, str] = {}

    @property
    def levels(self) -> dict[str, str]:
        """Return the levels by logger name, except the default, which the command line sets."""
        given = {name: level.lower() for name, level in self.log_level.items() if name != "default"}
        return {name: _LEVELS.get(level, _OFF) for name, level in given.items()}


class HostFile(msgspec.Struct, frozen=True, rename="camel"):
    """``host.json``."""

    version: str = "2.0"
    function_timeout: str = "00:30:00"
    extensions: _Extensions = _Extensions()
    logging: LoggingSettings = LoggingSettings()

    def __post_init__(self) -> None:
        if self.version != "2.0":
            raise ValueError(f'version must be "2.0", not "{self.version}"')
        if self.timeout_seconds == 0:
            raise ValueError("functionTimeout must be longer than nothing: -1 means no limit")

    @property
    def timeout_seconds(self) -> float | None:
        """Return ``functionTimeout`` in seconds; None means unlimited, written -1."""
        return None if self.function_timeout.strip() == "-1" else seconds_of_timespan(self.function_timeout)


class _LocalSettingsFile(msgspec.Struct, frozen=True):
    IsEncrypted: bool = False
    Values: dict[str, str] = {}


@dataclass(frozen=True)
class Settings:
    """All settings of one app; ``environment`` is complete, as its worker gets it."""

    app: Path
    host: HostFile
    environment: Mapping[str, str]

    def resolve(self, text: str, purpose: str) -> str:
        """Replace every ``%NAME%`` by its setting; ``purpose`` says where the text was found, for the message.

        Raises ``HostRefused`` if a setting is missing.
        """

        def value(match: re.Match[str]) -> str:
            if (found := self.environment.get(match[1])) is None:
                raise HostRefused(f"{purpose} names the setting {match[0]}, which is not set")
            return found

        return _PLACEHOLDER.sub(value, text)

    def storage_connection(self, name: str, purpose: str) -> str:
        """Return the connection string of a storage connection.

        Raises ``HostRefused`` if it is missing or identity-based.
        """
        for setting in (name, f"AzureWebJobs{name}"):
            if value := self.environment.get(setting):
                return value
        if any(key.startswith(f"{name}__") for key in self.environment):
            raise HostRefused(f"{purpose} has the identity-based connection {name}: locally, set a connection string")
        raise HostRefused(f"{purpose} needs the setting {name}, a storage connection string, which is not set")

    def is_disabled(self, function: str) -> bool:
        """Say whether ``AzureWebJobs.NAME.Disabled`` switches a function off."""
        wanted = f"azurewebjobs.{function}.disabled".lower()
        values = (value for key, value in self.environment.items() if key.lower() == wanted)
        return any(value.strip().lower() in ("true", "1") for value in values)


def load_settings(app: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings of the app in a folder; raises ``HostRefused`` for a file that is not valid."""
    app = app.resolve()
    if not (app / "function_app.py").is_file():
        raise HostRefused(f"{app} has no function_app.py: pass the folder of a Functions app with --app")
    host = _read(app / "host.json", HostFile)
    values = _read(app / "local.settings.json", _LocalSettingsFile)
    if values.IsEncrypted:
        raise HostRefused(f"{app / 'local.settings.json'} is encrypted: write its values in plain text")
    defaults = {"FUNCTIONS_WORKER_RUNTIME": "python", "AZURE_FUNCTIONS_ENVIRONMENT": "Development"}
    return Settings(app, host, defaults | values.Values | dict(environment))


def _read[File: (HostFile, _LocalSettingsFile)](path: Path, kind: type[File]) -> File:
    if not path.exists():
        return kind()
    try:
        content = msgspec.json.decode(path.read_bytes())
        parsed = msgspec.convert(content, kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise HostRefused(f"{path} is not valid: {error}") from error
    for key in _ignored_keys(content, msgspec.to_builtins(parsed)):
        _log.warning("%s: %s is ignored", path.name, key)
    return parsed


# What changes nothing on one machine, and so is ignored without a word.
_HARMLESS = ("$schema", "extensionBundle", "logging.applicationInsights", "logging.fileLoggingMode", "IsEncrypted")


def _ignored_keys(content: dict[str, Any], known: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in content.items():
        name = prefix + key
        if name in _HARMLESS or name in ("Values", "logging.logLevel"):
            continue
        if key not in known:
            yield name
        elif isinstance(value, dict) and isinstance(known[key], dict):
            yield from _ignored_keys(value, known[key], f"{name}.")


def _cores() -> int:
    return os.cpu_count() or 1
