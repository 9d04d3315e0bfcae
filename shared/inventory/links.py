"""Resolve symbolic links inside the paths of an image, never outside it and never without end."""

from collections.abc import Mapping

from shared.inventory.failures import exceeded

# As many as Linux follows in one path (path_resolution(7)).
_MAX_HOPS = 40
# Over a whole image: hostile links of 2,000 parts each must not cost hours.
_MAX_STEPS = 2_000_000


class LinkResolver:
    """Resolves paths against one state of the links; make a new one when the links change."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = links
        self._folders: dict[str, str | None] = {"": ""}
        self._steps = 0

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
                target = self._links.get("/".join(place))
                if target is not None:
                    hops += 1
                    if hops > _MAX_HOPS:
                        return None
                    place = [] if target.startswith("/") else place[:-1]
                    pending += self._expanded(target)
        return "/".join(place)

    def _expanded(self, target: str) -> list[str]:
        parts = target.split("/")[::-1]
        self._steps += len(parts)
        if self._steps > _MAX_STEPS:
            raise exceeded("the image", "link steps", f"more than {_MAX_STEPS} parts of links were followed")
        return parts
