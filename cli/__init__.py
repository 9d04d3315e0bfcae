"""``python -m cli``: commands for those who run an installation. Never imported by the product, never deployed."""
