"""Fuzz every parser, each in a process of its own, one for each core: ``make fuzz``.

Environment: ``FUZZ_SECONDS`` for each target (60), ``FUZZ_TARGETS`` for some of them, comma-separated, ``FUZZ_SEED``
(1): a seed gives the same inputs in the same order, as many as there is time for; another one is another search. What
fails is left in ``test-output/fuzz/NAME/failing-input``, with the log beside it: make it a test when it is mended.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.all_targets import TARGETS

_OUTPUT = Path("test-output/fuzz")
_GRACE_SECONDS = 120
_STATISTICS = re.compile(rb"stat::(number_of_executed_units|peak_rss_mb): +(\d+)")
_SHOWN = 6000


class Outcome(NamedTuple):
    """How fuzzing one target ended: inputs that were tried, peak memory in MiB, and the log if it failed."""

    name: str
    inputs: int
    memory: int
    failure: str


def main(environment: dict[str, str]) -> int:
    """Fuzz what the environment asks for, print one line for each, and return the exit code."""
    seconds = float(environment.get("FUZZ_SECONDS", "").strip() or 60)
    chosen = [name.strip() for name in environment.get("FUZZ_TARGETS", "").split(",") if name.strip()]
    unknown = sorted(set(chosen) - set(TARGETS))
    if unknown:
        print(f"FUZZ_TARGETS: {', '.join(unknown)} unknown; there are {', '.join(TARGETS)}")  # noqa: T201
        return 2
    return 1 if any(outcome.failure for outcome in _all(chosen or list(TARGETS), seconds)) else 0


def _all(names: Sequence[str], seconds: float) -> list[Outcome]:
    started = time.monotonic()
    workers = len(os.sched_getaffinity(0))
    outcomes = []
    with ThreadPoolExecutor(workers) as pool:
        for outcome in pool.map(lambda name: _one(name, seconds), names):
            outcomes.append(outcome)
            said = f"FAILED\n{outcome.failure}" if outcome.failure else "ok"
            print(f"{outcome.name:14} {outcome.inputs:>9} inputs {outcome.memory:>5} MiB  {said}", flush=True)  # noqa: T201
    failed = sum(bool(outcome.failure) for outcome in outcomes)
    print(f"{len(outcomes)} targets, {failed} failed, {time.monotonic() - started:.0f} seconds")  # noqa: T201
    return outcomes


def _one(name: str, seconds: float) -> Outcome:
    folder = _OUTPUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.fuzz.child", name, str(seconds), str(folder)]
    log = folder / "log"
    with log.open("wb") as output:
        try:
            code = subprocess.run(
                command, stdout=output, stderr=output, timeout=seconds + _GRACE_SECONDS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    told = log.read_bytes()
    numbers = {key: int(value) for key, value in _STATISTICS.findall(told)}
    failure = told[-_SHOWN:].decode("utf-8", "replace") if code else ""
    return Outcome(name, numbers.get(b"number_of_executed_units", 0), numbers.get(b"peak_rss_mb", 0), failure)


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
