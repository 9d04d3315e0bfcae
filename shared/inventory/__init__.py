"""From the layers of an image to its packages: streamed, bounded, and with nothing of the image ever run."""
