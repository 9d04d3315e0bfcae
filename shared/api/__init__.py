"""Wire shapes of the HTTP answers."""
