"""The Azure subscription: which registries it has, and how their events and pull logs get to us."""
