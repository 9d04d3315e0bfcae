"""Everything behind the triggers of Plimsoll."""
