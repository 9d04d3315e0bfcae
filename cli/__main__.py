"""``python -m cli COMMAND``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from cli.commands import COMMANDS
from cli.interface import CommandFailed, Exit, WrongUse
from cli.options import parse
from local.folders import PROJECT


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command and return its exit status."""
    asked = parse(arguments, COMMANDS, PROJECT / ".plimsoll")
    command = next(command for command in COMMANDS if command.name == asked.command)
    try:
        from cli.session import open_session

        return command.run(open_session(asked, environment))
    except KeyboardInterrupt:
        return _told("interrupted: run it again, and it goes on or begins anew", Exit.INTERRUPTED)
    except Exception as error:
        status = _status(error)
        if status is None:
            raise
        return _told(str(error).strip(), status)


def _status(error: Exception) -> Exit | None:
    """Give the exit status of an error that is no fault of the program, None for one that is."""
    from azure.core.exceptions import AzureError

    from shared.eventlog.archive import ArchiveRefused
    from shared.projections.pointer import WrongStep
    from shared.services.check_settings import SettingsDiffer
    from shared.services.export_log import ExportRefused
    from shared.services.import_log import ImportRefused
    from shared.services.rebuild import RebuildStopped, TooManyFailures
    from shared.settings import InvalidSettings
    from shared.storage.tables import RowChanged

    if isinstance(error, (WrongUse, InvalidSettings, SettingsDiffer, WrongStep)):
        return Exit.WRONG_USE
    refused = (ArchiveRefused, ExportRefused, ImportRefused)
    if isinstance(error, (CommandFailed, *refused, RebuildStopped, TooManyFailures, RowChanged, AzureError, OSError)):
        return Exit.PROBLEM
    return None


def _told(message: str, status: Exit) -> Exit:
    print(f"plimsoll: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
