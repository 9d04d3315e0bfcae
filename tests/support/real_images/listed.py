"""A real image, with its packages as the tools of their ecosystems list them."""

from typing import NamedTuple

from local.images.image import Image


class Listed(NamedTuple):
    """An installed package: ``ecosystem`` as OSV names it, with its release, and what advisories speak of."""

    ecosystem: str
    name: str
    version: str
    advised: str
    advised_version: str

    @classmethod
    def plain(cls, ecosystem: str, name: str, version: str) -> "Listed":
        """List a package of which advisories speak by its own name and version."""
        return cls(ecosystem, name, version, name, version)


class RealImage(NamedTuple):
    """``owned`` are language packages that belong to an OS package, whose vendor answers for them."""

    image: Image
    listed: tuple[Listed, ...]
    owned: tuple[Listed, ...] = ()
