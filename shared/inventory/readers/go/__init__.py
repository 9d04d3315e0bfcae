"""The modules that a Go program was built from, as its build information names them."""
