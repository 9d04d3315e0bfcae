"""Resolve symbolic links inside the paths of an image, never outside it and never without end."""

from collections.abc import Mapping

from shared.inventory.failures import exceeded

# As many as Linux follows in one path (path_resolution(7)).
_MAX_HOPS = 40
# A link is looked for at every folder of a path: some seconds of work, and ten times what 100,000 links need.
_MAX_LENGTH = 2**28


class LinkBudget:
    """How much may be looked up for one image: hostile paths of 2,000 parts each must not cost hours."""

    def __init__(self) -> None:
        self._left = _MAX_LENGTH

    def take(self, length: int) -> None:
        """Count the characters of what is looked up; raises ScanFailure (limit-exceeded)."""
        self._left -= length
        if self._left < 0:
            raise exceeded("the image", "link lookups", f"more than {_MAX_LENGTH} characters of folders and links")


class LinkResolver:
    """Resolves paths against one state of the links; make a new one when the links change, with the same budget."""

    def __init__(self, links: Mapping[str, str], budget: LinkBudget | None = None) -> None:
        self._links = links
        self._folders: dict[str, str | None] = {"": ""}
        self._budget = budget or LinkBudget()

    def placed(self, path: str) -> str | None:
        """Return where a path leads when the links in its folders are followed, or None for a loop."""
        if not self._links:
            return path
        folder, _slash, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self._follow(folder)
        place = self._folders[folder]
        if place is None:
            return None
        return f"{place}/{name}" if place else name

    def resolved(self, path: str) -> str | None:
        """Return where a path leads when every link is followed, its own included, or None for a loop."""
        return self._follow(path)

    def _follow(self, path: str) -> str | None:
        pending = path.split("/")[::-1]
        place: list[str] = []
        hops = 0
        while pending:
            part = pending.pop()
            if part == "..":
                del place[-1:]
            elif part not in ("", "."):
                place.append(part)
                here = "/".join(place)
                self._budget.take(len(here))
                target = self._links.get(here)
                if target is not None:
                    hops += 1
                    if hops > _MAX_HOPS:
                        return None
                    place = [] if target.startswith("/") else place[:-1]
                    # Parts that go up again are never looked up.
                    self._budget.take(len(target))
                    pending += target.split("/")[::-1]
        return "/".join(place)
