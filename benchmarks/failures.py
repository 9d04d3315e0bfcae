"""What keeps a benchmark from running or finishing, each with a message for the person at the terminal."""


class CannotRun(Exception):
    """Something that a benchmark needs is not on this machine; the message says what to install or give."""


class SubjectFailed(Exception):
    """A measured process ended with an error; the message holds the end of what it said."""
