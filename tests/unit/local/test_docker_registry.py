"""How the registry is configured."""

from pathlib import Path

from local.docker_registry import registry_configuration, registry_environment


def test_the_registry_listens_on_the_loopback_address_and_deletes_and_notifies() -> None:
    configuration = registry_configuration(Path("/kept"), 5055, "http://127.0.0.1:1/notifications")
    assert configuration["http"] == {"addr": "127.0.0.1:5055"}
    assert configuration["storage"] == {"filesystem": {"rootdirectory": "/kept"}, "delete": {"enabled": True}}
    notifications = configuration["notifications"]
    assert isinstance(notifications, dict)
    assert notifications["events"] == {"includereferences": True}
    assert notifications["endpoints"][0]["url"] == "http://127.0.0.1:1/notifications"


def test_no_variable_of_the_environment_overrides_the_configuration() -> None:
    inherited = {"REGISTRY_HTTP_ADDR": "0.0.0.0:1", "REGISTRIES": "kept", "PATH": "/bin"}
    assert registry_environment(inherited) == {"REGISTRIES": "kept", "PATH": "/bin", "OTEL_TRACES_EXPORTER": "none"}
