"""Accuracy: our findings beside those of other scanners on one image, each difference with its proof."""
