"""What an image holds: its platform, its distribution and its packages."""

import msgspec

OS_PACKAGE_PURLS = ("pkg:deb/", "pkg:apk/", "pkg:rpm/")


class Platform(msgspec.Struct, frozen=True, rename="camel"):
    """The platform of an image, as its configuration names it."""

    os: str
    architecture: str
    variant: str = ""
    os_version: str = ""

    def __str__(self) -> str:
        parts = (self.os, self.architecture, self.variant)
        return "/".join(part for part in parts if part)


class Distribution(msgspec.Struct, frozen=True, rename="camel"):
    """A Linux distribution, from ``os-release(5)``: ID, VERSION_ID and PRETTY_NAME."""

    id: str
    version_id: str
    name: str


class Package(msgspec.Struct, frozen=True, rename="camel"):
    """One installed package.

    ``ecosystem`` is the OSV name without a release (``Debian``, ``Alpine``, ``PyPI``, ``npm``). ``path`` is the
    file that names the package, ``app.war!/WEB-INF/lib/a.jar`` for one inside an archive, and ``layer`` the digest of
    the layer that brought it. ``owner`` is the OS package that owns the file; an owned package is not matched again.
    ``module`` is the label of the rpm module that it is part of, such as ``nodejs:18:8090020231212151433:a75119d5``.
    """

    name: str
    version: str
    ecosystem: str
    purl: str
    path: str
    layer: str
    source: str = ""
    source_version: str = ""
    architecture: str = ""
    owner: str = ""
    module: str = ""


class Inventory(msgspec.Struct, frozen=True, rename="camel"):
    """Every package of one image, with the facts that the support matrix asks for.

    ``unreadable`` names package databases that were found and could not be read (``path: why``): an image with
    one is never healthy.
    """

    packages: tuple[Package, ...]
    distribution: Distribution | None = None
    has_shell: bool = False
    has_package_manager: bool = False
    unreadable: tuple[str, ...] = ()
