"""Aggregates: what many rows give together."""
