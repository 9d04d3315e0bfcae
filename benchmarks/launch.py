"""Run a command as the child of a tiny process, and print what it took as JSON: wall, cpu, peak, status.

usage: python -I -S launch.py OUTPUT COMMAND [ARGUMENT ...]; the command's standard output goes to the file OUTPUT.

A program inherits the peak memory of the process that started it (getrusage(2): ru_maxrss survives execve(2)), so that
it must be started by one that is smaller than anything that is measured. Hence no import of subprocess here.

``cpu`` includes the processes that the command started and waited for. ``peak`` is the most memory that it held at a
time together with all below it, looked at fifty times a second, where a page that several share counts once (Linux:
proportional set size); elsewhere, or where that is more, the peak of the largest process.
"""

import os
import signal
import sys
import time

_EVERY_SECONDS = 0.02


def main() -> None:
    """Run the command to its end."""
    output, *command = sys.argv[1:]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    redirect = [(os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600)]
    # Kept back from before the start: a command that ends at once is not missed.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=redirect, setsigmask=())
    together = watch(child) if sys.platform == "linux" else 0
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    # Kilobytes on Linux, bytes on macOS.
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    peak = max(together, largest)
    print(f'{{"wall":{wall},"cpu":{cpu},"peak_rss":{peak},"status":{os.waitstatus_to_exitcode(status)}}}')


def watch(child: int) -> int:
    """Return the most bytes that a process and all below it held together until it ended."""
    most = 0
    while signal.sigtimedwait({signal.SIGCHLD}, _EVERY_SECONDS) is None:
        below = tree(child)
        # Of one process alone the kernel remembers the peak itself.
        if len(below) > 1:
            most = max(most, sum(map(held, below)))
    return most


def tree(process: int) -> list[int]:
    """Return a process and all below it, as far as they have not ended."""
    found = [process]
    for one in found:
        found += map(int, read(f"/proc/{one}/task/{one}/children").split())
    return found


def held(process: int) -> int:
    """Return the proportional set size of a process in bytes; none if it has ended."""
    for line in read(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def read(path: str) -> str:
    """Return a file of the process file system, or nothing where the process has ended."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
