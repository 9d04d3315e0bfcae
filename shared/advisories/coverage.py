"""Which ecosystem each package of an image belongs to, and what the advisories do not cover."""

from collections.abc import Container

from shared.advisories.distributions import ecosystem_of
from shared.advisories.ecosystems import is_language, scheme_by_name
from shared.advisories.versions.scheme import Scheme
from shared.domain.findings import Coverage
from shared.domain.packages import Inventory, Package

_NO_RELEASE = "no distribution release known"
_OS_PACKAGES = (Scheme.DEB, Scheme.APK, Scheme.RPM)


class ImageCoverage:
    """The ecosystems of one image against those that a snapshot holds."""

    def __init__(self, inventory: Inventory, held: Container[str]) -> None:
        """Take the distribution of an image and the ecosystems that are held."""
        self._release = ecosystem_of(inventory.distribution) if inventory.distribution else None
        self._held = held
        self._unreadable = inventory.unreadable
        self._asked: dict[str, None] = {}
        self._without_release = False
        self._strange: dict[str, None] = {}

    def ecosystem(self, package: Package) -> str | None:
        """Return the ecosystem, with a release, to look a package up in; None if it is not covered."""
        ecosystem = package.ecosystem if is_language(package.ecosystem) else self._release
        if ecosystem is None:
            self._without_release = True
            return None
        if _is_of_another_kind(package, ecosystem):
            self._strange[f"no advisories for {_kind(package)} packages of {ecosystem.replace(':', ' ')}"] = None
            return None
        self._asked[ecosystem] = None
        return ecosystem if ecosystem in self._held else None

    def result(self) -> Coverage:
        """Return the coverage of all packages that were asked for."""
        missing = sorted(ecosystem for ecosystem in self._asked if ecosystem not in self._held)
        gaps = [f"no advisories for {ecosystem.replace(':', ' ')}" for ecosystem in missing]
        if self._without_release:
            gaps.append(_NO_RELEASE)
        gaps += self._strange
        gaps += [f"cannot read {what}" for what in self._unreadable]
        return Coverage(tuple(sorted(set(self._asked) - set(missing))), tuple(gaps))


def _is_of_another_kind(package: Package, ecosystem: str) -> bool:
    """Say whether a package is none of the distribution's own, as one of rpm on Debian: its advisories say nothing."""
    kind = _kind(package)
    return kind in _OS_PACKAGES and kind != (scheme_by_name(ecosystem) or kind)


def _kind(package: Package) -> str:
    # Package URLs call the kinds of OS packages as their version orders are called here.
    return package.purl.partition("/")[0].removeprefix("pkg:")
