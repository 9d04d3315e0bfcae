"""The embedded Functions host: how it is started, and the settings that it gives to the app."""

import sys
from collections.abc import Mapping

from local.azurite import connection_string
from local.folders import PROJECT, DataFolder
from local.options import Options
from local.ports import LOOPBACK
from local.registry_resource import RegistryResource

_STORAGE = "AzureWebJobsStorage"
_RECORDED = ("CACHE_DIR", "REGISTRIES", "SUBSCRIPTION_ID", "SUPPORT_MATRIX", "UNHEALTHY_FROM")
_EMULATOR = "UseDevelopmentStorage=true"


def host_command(port: int) -> list[str]:
    """Return the command that serves the function app of this project."""
    return [sys.executable, "-m", "local.host", "--app", str(PROJECT), "--port", str(port)]


def host_settings(options: Options, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the host: what it inherits, and a default for every setting that is not set there."""
    folder = DataFolder(options.folder)
    registry = RegistryResource(options.subscription_id, f"{LOOPBACK}:{options.registry_port}")
    defaults = {
        _STORAGE: connection_string(options.azurite_ports),
        "REGISTRIES": f"http://{registry.login_server}",
        "REGISTRY_RESOURCE_IDS": f"{registry.login_server}={registry.resource_id}",
        "CACHE_DIR": str(folder.cache),
        "PYTHONUNBUFFERED": "1",
    }
    if options.samples:
        defaults["OSV_EXTRA_BASES"] = str(folder.sample_advisories)
    chosen = {name: text for name, text in inherited.items() if text and not _means_our_azurite(name, text)}
    return defaults | chosen | {"SUBSCRIPTION_ID": options.subscription_id}


def recorded_settings(options: Options, settings: Mapping[str, str]) -> dict[str, str]:
    """Return what the command line needs of the host's settings to work on the same installation; no secret."""
    recorded = {name: settings[name] for name in _RECORDED if name in settings}
    ours = connection_string(options.azurite_ports)
    return recorded | ({_STORAGE: ours} if settings[_STORAGE] == ours else {})


def _means_our_azurite(name: str, text: str) -> bool:
    # The ports may be others than those that this short form stands for.
    return name == _STORAGE and text.strip().rstrip(";") == _EMULATOR
