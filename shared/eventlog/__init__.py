"""The append-only event log over Table Storage."""
