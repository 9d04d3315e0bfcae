"""Settings of every unit test: on a slow and shared machine no single example has a time limit of its own."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
