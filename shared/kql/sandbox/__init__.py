"""Queries are answered in processes that hold the rows, no credentials, and a share of time and memory each."""
