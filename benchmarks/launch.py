"""Run a command as the child of a tiny process, and print what it took as JSON: wall, cpu, peak_rss, status.

usage: python -I -S launch.py OUTPUT COMMAND [ARGUMENT ...]; the command's standard output goes to the file OUTPUT.

A program inherits the peak memory of the process that started it (getrusage(2): ru_maxrss survives execve(2)), so that
it must be started by one that is smaller than anything that is measured. Hence no import of subprocess here.
"""

import os
import sys
import time


def main() -> None:
    """Run the command to its end."""
    output, *command = sys.argv[1:]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    redirect = [(os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=redirect)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    # Kilobytes on Linux, bytes on macOS.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f'{{"wall":{wall},"cpu":{cpu},"peak_rss":{peak},"status":{os.waitstatus_to_exitcode(status)}}}')


if __name__ == "__main__":
    main()
