"""Ties a program to the one that starts it: when that dies, whatever the way, the kernel ends this one too.

Run as a script: ``python tether.py PARENT_PID PROGRAM [ARGUMENT…]`` becomes PROGRAM. It is a program of its own
because the tie must be made in the new process before anything else runs, and running Python code between fork and
exec is unsafe once there are threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent(parent: int) -> None:
    """Have the kernel send SIGTERM to this process when its parent dies; exit at once if it is dead already.

    The tie outlives exec and covers this process only. Systems other than Linux have no such tie: nothing happens.
    """
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        raise SystemExit(1)


def main() -> None:
    """Tie this process to its parent and become the program that the arguments name."""
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606


if __name__ == "__main__":
    main()
