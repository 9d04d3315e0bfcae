"""Where short-lived files of tests are written soonest."""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2**30


@cache
def quick_folder() -> Path:
    """Return the system's folder in memory where there is ample room, else that for temporary files."""
    if os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM_BYTES:
        return _IN_MEMORY
    return Path(tempfile.gettempdir())
