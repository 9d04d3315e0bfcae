"""How far one installation goes: arithmetic from counted storage requests, checked by tests and a simulated day."""
