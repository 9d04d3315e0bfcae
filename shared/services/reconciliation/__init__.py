"""Reconciliation: what a registry holds is compared with what the log knows of it."""
