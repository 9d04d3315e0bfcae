"""The import of a module, in an interpreter that has loaded nothing of ours but what times it."""

from importlib import import_module

from benchmarks.subjects.timed import Outcome, Timed


def fresh(module: str) -> Timed:
    """Time the import of a module."""

    def timed() -> Outcome:
        import_module(module)
        return 1, {}

    return timed
