"""The composition root: what its first use makes sure of."""

import os
import subprocess
import sys

_FIRST_USE = """
import sys
from shared.bootstrap import app
before = "azure.data.tables" in sys.modules
app()
print(before, all(f"azure.{name}" in sys.modules for name in ("data.tables", "storage.blob", "storage.queue")))
"""


def test_the_storage_sdk_is_loaded_by_the_first_use_before_several_threads_need_it() -> None:
    """Several threads that import it at once can deadlock: ``_DeadlockError`` was seen in one of 25 starts."""
    environment = {**os.environ, "AzureWebJobsStorage": "UseDevelopmentStorage=true"}
    told = subprocess.run(
        [sys.executable, "-c", _FIRST_USE], env=environment, capture_output=True, text=True, check=True, timeout=240
    )
    assert told.stdout.split() == ["False", "True"]
