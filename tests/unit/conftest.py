"""Settings of every unit test: on a slow and shared machine no single example has a time limit of its own.

Where a change is decided on (``CI`` is set), examples are the same in every run; elsewhere each run looks for others.
"""

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("steady")
