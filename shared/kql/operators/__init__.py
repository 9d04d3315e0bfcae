"""The operators of a pipeline, compiled."""
