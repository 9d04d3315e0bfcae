"""Which installation a command works on: the one of the environment, else the one that runs on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cli.interface import CommandFailed
from local.folders import DataFolder

if TYPE_CHECKING:
    from shared.bootstrap import App

_STORAGE = "AzureWebJobsStorage"


def open_installation(environment: Mapping[str, str], data: Path) -> App:
    """Return the app of an installation; raise InvalidSettings, or CommandFailed where there is none."""
    from shared import settings
    from shared.bootstrap import App
    from shared.storage.account import load_sdk

    app = App(settings.load(settings_of(environment, data)))
    load_sdk()
    return app


def settings_of(environment: Mapping[str, str], data: Path) -> Mapping[str, str]:
    """Return the settings of the environment, with those that the local start recorded where it names no storage.

    Raise CommandFailed where there are neither.
    """
    if any(name.startswith(_STORAGE) and text for name, text in environment.items()):
        return environment
    recorded = DataFolder(data).installation
    try:
        local = json.loads(recorded.read_text())
    except (OSError, ValueError) as error:
        raise CommandFailed(
            f"{_STORAGE} is not set, and {recorded} tells of no installation on this machine ({error}): "
            "set the settings of the function app, or start one with `make run`"
        ) from error
    return {**local, **{name: text for name, text in environment.items() if text}}
