"""The inside of a measured process: prepare a subject, time it, and print what it took as one line of JSON.

Only what every interpreter has loaded anyway is imported before the clock starts: a subject may be an import.
"""

import os
import sys
import time
from importlib import import_module


def main() -> None:
    """Time ``module:function`` with arguments ``name=value``, as the command line gives them.

    The function returns what is to be timed; that returns how many operations it did, and facts.
    """
    target, *pairs = sys.argv[1:]
    module, _, function = target.partition(":")
    arguments = dict(pair.split("=", 1) for pair in pairs)
    timed = getattr(import_module(module), function)(**arguments)
    cpu, wall = _processor_time(), time.perf_counter()
    operations, facts = timed()
    wall, cpu = time.perf_counter() - wall, _processor_time() - cpu
    import json

    print(json.dumps({"wall": wall, "cpu": cpu, "operations": operations, "facts": facts}))


def _processor_time() -> float:
    """Return the seconds of this process and of those below it, with what they waited for."""
    return time.process_time() + sum(map(_ticks, _below(os.getpid()))) / os.sysconf("SC_CLK_TCK")


def _below(process: int) -> list[str]:
    try:
        with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
            return file.read().split()
    except OSError:
        return []


def _ticks(process: str) -> int:
    # proc_pid_stat(5): utime, stime, cutime and cstime; the name before them may hold anything but ends with ")".
    with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
        return sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
