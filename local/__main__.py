"""``python -m local``: everything on this machine, in the foreground until Ctrl-C."""

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Never

from rich.console import Console

from local.api import ApiFailure
from local.banner import print_banner
from local.failures import PortInUse, StartFailure
from local.first_start import FirstStart
from local.functions_host import host_command
from local.images.push import PushRefused
from local.options import Options, parse
from local.stack import Stack
from local.stop_signals import StopSignals
from local.tether import die_with_parent

_POLL_SECONDS = 0.2
_EXIT_STOPPED, _EXIT_FAILED, _EXIT_USAGE = 0, 1, 2


def main(arguments: Sequence[str], host: Callable[[int], list[str]] = host_command) -> int:
    """Run until a signal asks to stop; return 0 then, 2 for a port in use, 1 for any other failure to start or run."""
    options = parse(arguments, os.environ)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    signals = StopSignals()
    signals.listen()
    stack = Stack(options, os.environ, host)
    try:
        if options.with_parent:
            die_with_parent(os.getppid())
        _run(stack, options, Console())
    except KeyboardInterrupt:
        return _EXIT_STOPPED
    except StartFailure as failure:
        print(f"plimsoll: {failure}", file=sys.stderr)
        return _EXIT_USAGE if isinstance(failure, PortInUse) else _EXIT_FAILED
    finally:
        _stop(stack, signals)


def _run(stack: Stack, options: Options, console: Console) -> Never:
    console.print("Starting Azurite, the registry and the Functions host …")
    stack.start()
    print_banner(console, stack)
    if options.samples:
        _load_samples(stack, console)
    while True:
        stack.supervise()
        time.sleep(_POLL_SECONDS)


def _load_samples(stack: Stack, console: Console) -> None:
    if stack.folder.samples_pushed.exists():
        return
    if not stack.watches_local_registry:
        console.print("REGISTRIES does not name the local registry: no sample images are pushed to it.")
        return
    first_start = FirstStart(stack.api, stack.registry.login_server, console, stack.supervise)
    try:
        first_start.run(stack.folder.samples_pushed)
    except (ApiFailure, PushRefused) as failure:
        # The samples are a courtesy: the product runs without them.
        console.print(f"The sample images could not be shown: {failure}", markup=False)


def _stop(stack: Stack, signals: StopSignals) -> None:
    try:
        stack.stop()
    except KeyboardInterrupt:
        signals.ignore()
        stack.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
