"""What is timed, each in a process of its own: functions that prepare, and return what to time."""
