"""What runs Plimsoll on one machine. Never deployed."""
