"""Answers to requests of Azure Resource Manager: each checks what was asked, reads the estate and gives the shapes."""
