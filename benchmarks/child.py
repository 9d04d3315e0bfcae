"""The inside of a measured process: prepare a subject, time it, and print what it took as one line of JSON.

Only what every interpreter has loaded anyway is imported before the clock starts: a subject may be an import.
"""

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
    cpu, wall = time.process_time(), time.perf_counter()
    operations, facts = timed()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    import json

    print(json.dumps({"wall": wall, "cpu": cpu, "operations": operations, "facts": facts}))
