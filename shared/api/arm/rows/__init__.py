"""The tables of Resource Graph that are answered for, as rows."""
