"""Exploit signals: which flaws are known to be exploited (CISA KEV), and how likely the others are (EPSS)."""
