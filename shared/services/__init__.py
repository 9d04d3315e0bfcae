"""What the triggers ask for: each module does one job end to end."""
