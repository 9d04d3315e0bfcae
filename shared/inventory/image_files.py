"""The files of an image that told something, while its layers are laid over each other."""

from collections.abc import Iterable, Iterator

import msgspec

from shared.inventory.fingerprints import number, numbers
from shared.inventory.interface import FileFacts, FoundPackage, LayerInventory
from shared.inventory.links import LinkBudget, LinkResolver


class ImageFile(msgspec.Struct, frozen=True):
    """A file and its past: the index of the layer that wrote it last, and for each package the one that it is from."""

    facts: FileFacts
    written: int
    firsts: tuple[int, ...]

    def packages(self) -> Iterator[tuple[FoundPackage, int]]:
        """Yield the packages of the file, each with the index of the layer in which it first appeared."""
        return zip(self.facts.packages, self.firsts, strict=True)


class ImageFiles:
    """The files and links of an image, by path; layers are added from the lowest to the highest."""

    def __init__(self) -> None:
        self.files: dict[str, ImageFile] = {}
        self.links: dict[str, str] = {}
        self.link_budget = LinkBudget()
        self._layers = 0
        self._index = _Index()

    def add(self, layer: LayerInventory) -> None:
        """Lay a layer over those below: what it hides goes, what it holds comes, with the past of what it replaces."""
        replaced = self._hide(layer) if self._layers else {}
        self._add_links(layer.links)
        self._add_files(layer.files, replaced)
        self._layers += 1

    def _hide(self, layer: LayerInventory) -> dict[str, ImageFile]:
        """Take out what the layer hides, and return the files among that."""
        resolver = LinkResolver(self.links, self.link_budget)
        self._index.catch_up()
        paths, folders = self._index.hit_by(layer)
        deleted = {place for path in layer.whiteouts if (place := resolver.placed(path)) is not None}
        emptied = {place for path in layer.opaque if (place := resolver.resolved(path)) is not None}
        hidden = paths | deleted | self._below(self._index.known(folders | deleted | emptied))
        for path in hidden:
            self.links.pop(path, None)
        return {path: file for path in hidden if (file := self.files.pop(path, None))}

    def _below(self, folders: set[str]) -> set[str]:
        if not folders:
            return set()
        return {path for paths in (self.files, self.links) for path in paths if not folders.isdisjoint(_above(path))}

    def _add_links(self, links: dict[str, str]) -> None:
        resolver = LinkResolver(self.links, self.link_budget)
        placed = {place: target for path, target in links.items() if (place := resolver.placed(path)) is not None}
        self.links |= placed
        self._index.later(placed)

    def _add_files(self, files: dict[str, FileFacts], replaced: dict[str, ImageFile]) -> None:
        resolver = LinkResolver(self.links, self.link_budget)
        for path, facts in files.items():
            place = resolver.placed(path)
            if place is not None:
                self.files[place] = self._file(facts, replaced.get(place) or self.files.get(place))
                self._index.later((place,))

    def _file(self, facts: FileFacts, older: ImageFile | None) -> ImageFile:
        past = dict(older.packages()) if older else {}
        return ImageFile(facts, self._layers, tuple(past.get(package, self._layers) for package in facts.packages))


class _Index:
    """Paths by their fingerprints; entries of paths that are gone stay and do no harm."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._paths: dict[int, str] = {}
        self._folders: dict[int, str] = {number(""): ""}
        self._names = {""}

    def later(self, paths: Iterable[str]) -> None:
        """Note paths that are indexed only when another layer comes: most images end here."""
        self._waiting.extend(paths)

    def catch_up(self) -> None:
        """Index the paths that were noted, and the folders above them."""
        for path in self._waiting:
            self._paths[number(path)] = path
            for folder in _above(path):
                if folder in self._names:
                    break
                self._names.add(folder)
                self._folders[number(folder)] = folder
        self._waiting.clear()

    def hit_by(self, layer: LayerInventory) -> tuple[set[str], set[str]]:
        """Return the paths that a file or directory of the layer replaces, and the folders that a file replaces."""
        files = numbers(layer.files_seen)
        paths = {self._paths[seen] for seen in (*files, *numbers(layer.directories_seen)) if seen in self._paths}
        return paths, {self._folders[seen] for seen in files if seen in self._folders}

    def known(self, folders: set[str]) -> set[str]:
        """Return those of the folders that hold anything at all."""
        return folders & self._names


def _above(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path
