"""How much memory a piece of work took at its peak, in this process: proc_pid_status(5), ``VmHWM``."""

import ctypes
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK, _NOW = (re.compile(rf"^{name}:\s+(\d+) kB$", re.MULTILINE) for name in ("VmHWM", "VmRSS"))


class Growth:
    """Peak growth of resident memory, in MiB, once the work is done."""

    mib = 0.0


@contextmanager
def measured_memory() -> Iterator[Growth]:
    """Measure the growth of this process while the block runs."""
    # What was freed is given back, so that it does not hide what the work takes; 5 resets the peak to what is resident.
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = _read(_NOW)
    Path("/proc/self/clear_refs").write_text("5")
    growth = Growth()
    yield growth
    growth.mib = max(0, _read(_PEAK) - before) / 1024


def _read(line: re.Pattern[str]) -> int:
    found = line.search(_STATUS.read_text())
    assert found is not None
    return int(found[1])
