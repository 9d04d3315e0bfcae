"""What a process that reads a layer can no longer do, whatever runs in it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]
CONFINED = (
    "import os, socket, sys\n"
    "from shared.inventory.sandbox.child import confine\n"
    "from shared.inventory.limits import Confinement\n"
    "confine(Confinement(memory_bytes=64 << 20, cpu_seconds={processor_seconds}), seconds={seconds})\n"
    "try:\n"
    "    {attempt}\n"
    "except (OSError, MemoryError) as error:\n"
    "    print(type(error).__name__)\n"
)


def attempt(what: str, seconds: float = 60, processor_seconds: int = 60) -> subprocess.CompletedProcess[str]:
    # The processor time of the imports counts too.
    code = CONFINED.format(attempt=what, seconds=seconds, processor_seconds=processor_seconds)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "what",
    [
        "open('/etc/passwd')",
        "open('/dev/null', 'w')",
        "socket.socket()",
        "os.pipe()",
        "os.listdir('/')",
        "os.write(1, b'x') and open('/tmp/x', 'w')",
    ],
)
def test_nothing_can_be_opened(what: str) -> None:
    assert attempt(what).stdout.strip("x\n") == "OSError"


def test_memory_beyond_the_limit_is_not_given() -> None:
    assert attempt("bytearray(32 << 20)").stdout == ""
    assert attempt("bytearray(96 << 20)").stdout.strip() == "MemoryError"


def test_a_lower_limit_of_the_whole_service_is_no_hindrance() -> None:
    # Only root may raise one again, and only with a capability that tests may have: the numbers tell.
    code = (
        "import resource\n"
        "from shared.inventory.sandbox.child import confine\n"
        "from shared.inventory.limits import Confinement\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "confine(Confinement(memory_bytes=1 << 40, cpu_seconds=600), seconds=60)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_AS))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip() == f"(60, 60) ({1 << 30}, {1 << 30})"


def test_processor_time_beyond_the_limit_ends_it() -> None:
    assert attempt("exec('while True: pass')", processor_seconds=1).returncode == -24


def test_time_beyond_the_limit_ends_it() -> None:
    assert attempt("__import__('time').sleep(50)", seconds=-1.9).returncode == -14
