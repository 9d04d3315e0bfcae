"""Advisories: OSV feeds, kept as one SQLite snapshot, matched against the packages of an image."""
