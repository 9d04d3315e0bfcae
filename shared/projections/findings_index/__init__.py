"""All images with all their findings in one SQLite file of a machine: a cache that keeps itself up to date."""
