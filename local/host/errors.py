"""What can go wrong in the host, typed by what to do about it."""


class HostRefused(Exception):
    """The app or its settings ask for something that cannot be done; the message says what to change."""


class IndexingFailed(Exception):
    """The app could not be loaded; the message is the one of the Functions library, with the stack."""


class InvocationFailed(Exception):
    """A function did not succeed: the trigger decides whether it is tried again."""


class FunctionRaised(InvocationFailed):
    """The function raised, or returned what its bindings do not take. ``stack`` is the worker's traceback."""

    def __init__(self, message: str, stack: str) -> None:
        super().__init__(message)
        self.stack = stack


class TimedOut(InvocationFailed):
    """The function ran longer than ``functionTimeout``; its worker was ended."""


class WorkerDied(InvocationFailed):
    """The worker process ended while the function ran."""


class OutputFailed(InvocationFailed):
    """The function succeeded but one of its outputs could not be written."""


class HostStopping(InvocationFailed):
    """The host stops and did not wait any longer: the trigger must leave the work for the next start."""
