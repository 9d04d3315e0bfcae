"""What benchmarks work on: an image, advisories, inventories, and the servers that hold them."""
