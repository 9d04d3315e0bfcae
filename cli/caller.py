"""Who writes from the command line."""

from __future__ import annotations

import getpass


def caller() -> str:
    """Name the user of this machine for the log, in a form that no name of the HTTP API's callers has."""
    try:
        name = getpass.getuser()
    except OSError:  # an account without a name, as in some containers
        name = "unknown"
    return f"command-line:{name}"
