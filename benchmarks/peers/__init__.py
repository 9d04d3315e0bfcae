"""Other scanners, measured beside ours where they are at hand."""
