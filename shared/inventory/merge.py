"""Put the layers of an image together: what is left when the upper layers have replaced, hidden and deleted."""

from collections.abc import Iterator, Sequence

from shared.domain.packages import Distribution, Inventory, Package
from shared.inventory.image_files import ImageFile, ImageFiles
from shared.inventory.interface import LayerInventory
from shared.inventory.links import LinkResolver
from shared.inventory.purl import ecosystem_of, purl_of
from shared.inventory.readers.fields import printable
from shared.inventory.wanted import OS_DATABASES, OS_RELEASES, PACKAGE_MANAGERS, SHELLS, wanted


def merge_layers(layers: Sequence[LayerInventory]) -> Inventory:
    """Return what an image of these layers holds, lowest layer first.

    Raises ScanFailure (limit-exceeded) if following the image's links takes too long.
    """
    image = ImageFiles()
    for layer in layers:
        image.add(layer)
    resolver = LinkResolver(image.links, image.link_budget)
    distribution = _distribution(image, resolver)
    owners = _Owners(image, resolver)
    digests = [layer.digest for layer in layers]
    return Inventory(
        packages=tuple(_packages(image, distribution, owners, digests)),
        distribution=distribution,
        has_shell=_has_any(SHELLS, image, resolver),
        has_package_manager=_has_any(PACKAGE_MANAGERS, image, resolver),
        unreadable=tuple(_unreadable(image, resolver)),
    )


class _Owners:
    """Which OS package owns a language package, as long as nobody else has rewritten it since."""

    def __init__(self, image: ImageFiles, resolver: LinkResolver) -> None:
        self._owners: dict[str, tuple[str, int]] = {}
        for file in image.files.values():
            if file.facts.owned:
                since = {package.name: first for package, first in file.packages()}
                for path, owner in file.facts.owned.items():
                    place = resolver.placed(path)
                    if place is not None:
                        self._owners[place] = owner, since.get(owner, file.written)

    def of(self, path: str, last: int) -> str:
        """Return the owner of a file that has told nothing new since layer ``last``, or nothing."""
        owner, since = self._owners.get(path, ("", -1))
        return owner if last <= since else ""


def _packages(
    image: ImageFiles, distribution: Distribution | None, owners: _Owners, digests: Sequence[str]
) -> Iterator[Package]:
    for path, file in sorted(image.files.items()):
        owner = owners.of(path, max(file.firsts, default=0))
        for found, first in file.packages():
            yield Package(
                name=found.name,
                version=found.version,
                ecosystem=ecosystem_of(found.kind, distribution),
                purl=purl_of(found, distribution),
                path=f"{path}!/{found.inside}" if found.inside else path,
                layer=digests[first],
                source=found.source,
                source_version=found.source_version,
                architecture=found.architecture,
                owner=owner,
                module=found.module,
            )


def _distribution(image: ImageFiles, resolver: LinkResolver) -> Distribution | None:
    for path in OS_RELEASES:
        file = _file_at(path, image, resolver)
        if file and file.facts.distribution:
            return file.facts.distribution
    return None


def _has_any(paths: Sequence[str], image: ImageFiles, resolver: LinkResolver) -> bool:
    return any(_file_at(path, image, resolver) for path in paths)


def _file_at(path: str, image: ImageFiles, resolver: LinkResolver) -> ImageFile | None:
    place = resolver.resolved(path)
    return None if place is None else image.files.get(place)


def _unreadable(image: ImageFiles, resolver: LinkResolver) -> Iterator[str]:
    for path, file in sorted(image.files.items()):
        if file.facts.unreadable:
            yield printable(f"{path}: {file.facts.unreadable}")
    for path in OS_DATABASES:
        place = resolver.resolved(path)
        if place is None:
            yield f"{path}: links without end"
        elif place != path and wanted(place.encode()) is None:
            yield printable(f"{path}: a link to {place}, which was not read")
