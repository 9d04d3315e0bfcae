"""Settings: host.json, local.settings.json and the environment."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from local.host.errors import HostRefused
from local.host.settings import Settings, load_settings


def load(app: Path, host: Any = None, local: Any = None, environment: dict[str, str] | None = None) -> Settings:
    (app / "function_app.py").touch()
    for name, content in (("host.json", host), ("local.settings.json", local)):
        if content is not None:
            (app / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return load_settings(app, environment or {})


def test_without_files_the_defaults_are_those_of_functions(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.host.timeout_seconds == 1800
    assert settings.host.extensions.http.route_prefix == "api"
    queues = settings.host.extensions.queues
    assert (queues.batch_size, queues.max_dequeue_count, queues.is_base64) == (16, 5, True)


def test_host_json_is_read(tmp_path: Path) -> None:
    host = {
        "version": "2.0",
        "functionTimeout": "00:10:00",
        "extensions": {
            "http": {"routePrefix": "", "maxConcurrentRequests": 2},
            "queues": {"batchSize": 4, "newBatchThreshold": 2, "messageEncoding": "none"},
        },
        "logging": {"logLevel": {"default": "Information", "azure.core": "Warning", "x": "None"}},
    }
    settings = load(tmp_path, host)
    assert settings.host.timeout_seconds == 600
    assert settings.host.extensions.http.route_prefix == ""
    assert settings.host.extensions.http.max_concurrent_requests == 2
    assert settings.host.extensions.queues.threshold == 2
    assert not settings.host.extensions.queues.is_base64
    assert settings.host.logging.levels == {"azure.core": "warning", "x": "critical"}


def test_no_function_timeout_is_written_minus_one(tmp_path: Path) -> None:
    assert load(tmp_path, {"functionTimeout": "-1"}).host.timeout_seconds is None


def test_the_environment_wins_over_local_settings(tmp_path: Path) -> None:
    local = {"IsEncrypted": False, "Values": {"A": "file", "B": "file"}}
    environment = load(tmp_path, None, local, {"A": "environment"}).environment
    assert (environment["A"], environment["B"]) == ("environment", "file")
    assert environment["FUNCTIONS_WORKER_RUNTIME"] == "python"


def test_keys_that_are_ignored_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    host = {
        "version": "2.0",
        "watchDirectories": ["x"],
        "extensionBundle": {"id": "x"},
        "extensions": {"http": {"dynamicThrottlesEnabled": True}, "serviceBus": {}},
        "logging": {"applicationInsights": {}, "console": {}, "logLevel": {"a": "Error"}},
    }
    with caplog.at_level(logging.WARNING):
        load(tmp_path, host, {"Values": {"X": "1"}, "Host": {"CORS": "*"}})
    assert [record.getMessage() for record in caplog.records] == [
        "host.json: watchDirectories is ignored",
        "host.json: extensions.http.dynamicThrottlesEnabled is ignored",
        "host.json: extensions.serviceBus is ignored",
        "host.json: logging.console is ignored",
        "local.settings.json: Host is ignored",
    ]


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("{", "host.json is not valid"),
        ("[]", "host.json is not valid"),
        ({"version": "1.0"}, 'version must be "2.0"'),
        ({"functionTimeout": "soon"}, "is not a time span"),
        ({"functionTimeout": "00:00:00"}, "must be longer than nothing"),
        ({"extensions": {"queues": {"batchSize": 33}}}, "batchSize must be 1 to 32"),
        ({"extensions": {"queues": {"batchSize": "4"}}}, "Expected `int`"),
        ({"extensions": {"queues": {"maxDequeueCount": 0}}}, "maxDequeueCount must be at least 1"),
        ({"extensions": {"queues": {"messageEncoding": "utf7"}}}, "messageEncoding must be base64 or none"),
        ({"extensions": {"queues": {"visibilityTimeout": "x"}}}, "is not a time span"),
    ],
)
def test_a_host_json_that_is_not_valid_is_refused(tmp_path: Path, host: Any, message: str) -> None:
    with pytest.raises(HostRefused, match=message):
        load(tmp_path, host)


@pytest.mark.parametrize(
    ("local", "message"),
    [({"IsEncrypted": True}, "is encrypted"), ({"Values": {"A": 1}}, "Expected `str`"), ("", "is not valid")],
)
def test_local_settings_that_are_not_valid_are_refused(tmp_path: Path, local: Any, message: str) -> None:
    with pytest.raises(HostRefused, match=message):
        load(tmp_path, None, local)


def test_placeholders_are_resolved(tmp_path: Path) -> None:
    settings = load(tmp_path, environment={"A": "1", "B": "2"})
    assert settings.resolve("x-%A%-%B%", "test") == "x-1-2"
    with pytest.raises(HostRefused, match="function f names the setting %C%, which is not set"):
        settings.resolve("%C%", "function f")


def test_a_connection_is_found_by_its_name_with_or_without_the_prefix(tmp_path: Path) -> None:
    settings = load(tmp_path, environment={"One": "1", "AzureWebJobsTwo": "2", "Three__queueServiceUri": "https://x"})
    assert settings.storage_connection("One", "f") == "1"
    assert settings.storage_connection("Two", "f") == "2"
    with pytest.raises(HostRefused, match="identity-based"):
        settings.storage_connection("Three", "f")
    with pytest.raises(HostRefused, match="f needs the setting Four"):
        settings.storage_connection("Four", "f")


@pytest.mark.parametrize(("value", "is_disabled"), [("true", True), ("True", True), ("1", True), ("false", False)])
def test_functions_are_disabled_by_a_setting(tmp_path: Path, value: str, is_disabled: bool) -> None:
    settings = load(tmp_path, environment={"AzureWebJobs.on_event.Disabled": value})
    assert settings.is_disabled("ON_EVENT") is is_disabled
    assert not settings.is_disabled("other")
