"""The benchmarks: which subjects are compared, and with what."""
