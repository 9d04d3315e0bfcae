"""A maker of container images in pure Python, for the tests and for the samples of the local start."""
