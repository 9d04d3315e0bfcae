"""What can keep the local start from working, each with a message for the person at the terminal."""


class StartFailure(Exception):
    """Something that this start needs is missing or did not work; the message says what to do about it."""


class PortInUse(StartFailure):
    """A port is taken by another program."""


class ChildDied(StartFailure):
    """A program that this start relies on has ended by itself."""
