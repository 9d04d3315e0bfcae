"""What changed from each snapshot to the next, as far back as it is kept, for images that were matched long ago."""

from collections.abc import Mapping

import msgspec

from shared.advisories.dependence import Looked, looked_up_by
from shared.advisories.difference import MOST_ENTRIES, Changed


class Link(msgspec.Struct, frozen=True, rename="camel"):
    """What changed from one snapshot to the one that replaced it."""

    before: str
    snapshot: str
    changed: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def entries(self) -> int:
        """How many packages and advisories it names."""
        return sum(1 + len(records) for names in self.changed.values() for records in names.values())

    def looked_up(self) -> Mapping[Looked, frozenset[str]]:
        """Return the advisories that changed, by everything under which images are looked up that they concern."""
        found: dict[Looked, frozenset[str]] = {}
        for ecosystem, names in self.changed.items():
            for name, records in names.items():
                for looked in looked_up_by(ecosystem, name):
                    found[ecosystem, looked] = found.get((ecosystem, looked), frozenset()) | set(records)
        return found


class ChangeLog(msgspec.Struct, frozen=True, rename="camel", weakref=True):
    """The snapshot in force and the changes that led to it, newest first; each link begins where the next one ends."""

    snapshot: str = ""
    links: tuple[Link, ...] = ()

    def followed_by(self, snapshot: str, changed: Changed | None, most: int = MOST_ENTRIES) -> "ChangeLog":
        """Return the log after another snapshot; what cannot be told (None) or is too much begins a new one."""
        if snapshot == self.snapshot:
            return self
        if changed is None:
            return ChangeLog(snapshot)
        kept: list[Link] = []
        for link in (Link(self.snapshot, snapshot, changed), *self.links):
            most -= 1 + link.entries
            if most < 0:
                break
            kept.append(link)
        return ChangeLog(snapshot, tuple(kept))

    def steps_since(self, snapshot: str) -> int | None:
        """Return how many links lead from a snapshot to the one in force; None where the log does not reach it."""
        if snapshot == self.snapshot:
            return 0
        return next((place for place, link in enumerate(self.links, 1) if link.before == snapshot), None)
