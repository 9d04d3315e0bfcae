"""The command: ``python -m local.host --app DIR --port 7071``."""

import argparse
import os
import sys
from pathlib import Path

_OLDEST_PYTHON = (3, 13)


def main() -> int:
    """Run the host that the command line asks for; returns the exit status."""
    if sys.version_info < _OLDEST_PYTHON:
        print("local.host: Python %d.%d or newer is needed" % _OLDEST_PYTHON, file=sys.stderr)  # noqa: UP031
        return 1
    # Imported after the check above: what follows is written for that Python.
    from local.host.app import Options, run
    from local.host.errors import HostRefused, IndexingFailed

    arguments = _parser().parse_args()
    options = Options(**vars(arguments))
    try:
        run(options, os.environ)
    except (HostRefused, IndexingFailed) as error:
        print(f"local.host: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.host", description="Runs a Functions app on this machine.")
    parser.add_argument("--app", type=Path, default=Path(), help="folder with function_app.py (default: here)")
    parser.add_argument("--port", type=int, default=7071, help="port on 127.0.0.1 (default: 7071)")
    parser.add_argument(
        "--lease-seconds",
        type=int,
        default=60,
        help="how long a message stays invisible if the host is killed (default: 60; 600 in Azure)",
    )
    parser.add_argument(
        "--drain-seconds",
        type=int,
        default=10,
        help="how long functions under way may go on when the host is stopped (default: 10)",
    )
    levels = ("debug", "info", "warning", "error")
    parser.add_argument("--log-level", choices=levels, default="info", help="least level to log (default: info)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
