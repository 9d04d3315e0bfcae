"""The packages that rpm installed: three formats of its database, and the headers that all of them hold."""
