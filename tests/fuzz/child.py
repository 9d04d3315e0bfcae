"""Fuzz one target in a process of its own: ``python -m tests.fuzz.child NAME SECONDS FOLDER``.

With atheris (coverage-guided, libFuzzer inside) where it is installed, else with plain mutations. A failing input is
left in the folder as ``failing-input``; the exit code is not 0 then.
"""

import os
import resource
import sys
from importlib.util import find_spec
from pathlib import Path

_MEMORY_MIB = 1024
_SECONDS_FOR_ONE = 20


def main() -> None:
    """Fuzz, for as long as the command line says."""
    name, seconds, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    if find_spec("atheris"):
        _guided(name, seconds, folder)
    else:
        _plain(name, seconds, folder)


def _guided(name: str, seconds: float, folder: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["shared"]):
        from tests.fuzz.all_targets import TARGETS
        from tests.fuzz.bounds import bounded
    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = {
        "max_total_time": int(seconds),
        "max_len": target.longest,
        # The same inputs in the same order, as far as the time goes.
        "seed": int(os.environ.get("FUZZ_SEED") or 1),
        "timeout": _SECONDS_FOR_ONE,
        "rss_limit_mb": _MEMORY_MIB,
        "exact_artifact_path": folder / "failing-input",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    atheris.Setup(
        [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)], bounded(target.check)
    )
    atheris.Fuzz()


def _plain(name: str, seconds: float, folder: Path) -> None:
    from tests.fuzz.all_targets import TARGETS
    from tests.fuzz.mutation import FailingInput, hammer

    try:
        count = hammer(TARGETS[name], seconds, seed=int(os.environ.get("FUZZ_SEED") or 1))
    except FailingInput as failure:
        (folder / "failing-input").write_bytes(failure.content)
        raise
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"stat::number_of_executed_units: {count}\nstat::peak_rss_mb: {peak}")  # noqa: T201
    if peak > _MEMORY_MIB:
        sys.exit(f"{name} took {peak} MiB of memory")


if __name__ == "__main__":
    main()
