"""``python -m cli COMMAND``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from cli.commands import COMMANDS
from cli.interface import Exit
from cli.options import parse
from cli.text import plain
from local.folders import PROJECT


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command and return its exit status."""
    asked = parse(arguments, COMMANDS, PROJECT / ".plimsoll")
    command = next(command for command in COMMANDS if command.name == asked.command)
    try:
        from cli.session import open_session

        done = command.run(open_session(asked, environment))
        sys.stdout.flush()
        return done
    except BrokenPipeError:
        return _unread()
    except KeyboardInterrupt:
        return _told("interrupted: run it again, and it goes on or begins anew", Exit.INTERRUPTED)
    except Exception as error:
        from cli.errors import exit_status

        status = exit_status(error)
        if status is None:
            raise
        return _told(str(error).strip(), status)


def _unread() -> Exit:
    """End quietly where the reader of a pipe went away, as ``head`` does; what is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.PROBLEM


def _told(message: str, status: Exit) -> Exit:
    for line in message.splitlines():
        print(f"plimsoll: {plain(line)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
