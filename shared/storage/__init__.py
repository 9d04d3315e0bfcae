"""Blobs, queues and tables of one Azure storage account."""
