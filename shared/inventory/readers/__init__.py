"""Readers of package databases: one module per format, each from the bytes of one file to facts."""
