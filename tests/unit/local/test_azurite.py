"""How Azurite is started."""

from pathlib import Path

from local.azurite import azurite_command
from local.options import AzuritePorts


def test_azurite_keeps_what_it_is_given_and_listens_on_the_loopback_address() -> None:
    command = " ".join(azurite_command(Path("/kept"), AzuritePorts(blob=1, queue=2, table=3)))
    assert "--location /kept" in command
    assert "--inMemoryPersistence" not in command
    for service, port in (("blob", 1), ("queue", 2), ("table", 3)):
        assert f"--{service}Host 127.0.0.1 --{service}Port {port} --{service}KeepAliveTimeout 120" in command
