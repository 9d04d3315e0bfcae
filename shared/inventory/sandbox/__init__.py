"""Layers are read in a process of their own, which holds no credentials and cannot take more than it was given."""
