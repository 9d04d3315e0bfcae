"""What scanners write, each read into the one shape that is compared."""
