"""What of a snapshot the report of an image depends on: what is looked up for it, and in which ecosystems."""

from collections.abc import Iterator

from shared.advisories.distributions import advised_name, ecosystem_of
from shared.advisories.ecosystems import (
    is_artifact_alone,
    is_language,
    normal_name,
    scheme_by_name,
)
from shared.advisories.versions.scheme import Scheme
from shared.domain.packages import Inventory, Package

WHOLE_ECOSYSTEM = ""
"""Stands for the name of a package: whether and how an ecosystem is covered at all."""

type Looked = tuple[str, str]
"""An ecosystem, with its release, and the name that is looked up in it."""


def depends_on(inventory: Inventory) -> frozenset[Looked]:
    """Return all that an image is looked up by; as long as no snapshot changes any of it, its report stays the same."""
    release = ecosystem_of(inventory.distribution) if inventory.distribution else None
    found: set[Looked] = set()
    for package in inventory.packages:
        ecosystem = package.ecosystem if is_language(package.ecosystem) else release
        if ecosystem and not package.owner:
            found.add((ecosystem, WHOLE_ECOSYSTEM))
            found.update((ecosystem, name) for name in _names(package, ecosystem))
    return frozenset(found)


def looked_up_by(ecosystem: str, name: str) -> Iterator[str]:
    """Yield the names by which an image may be looked up that advisories for a package concern."""
    yield name
    artifact = name.rpartition(":")[2]
    if is_artifact_alone(ecosystem, artifact):
        yield artifact


def _names(package: Package, ecosystem: str) -> Iterator[str]:
    if is_language(ecosystem):
        yield normal_name(ecosystem, package.name)
        return
    known = scheme_by_name(ecosystem)
    # Only the records of a snapshot tell the version order of other distributions, and with it the name that counts.
    for scheme in (known,) if known else (Scheme.RPM, None):
        yield advised_name(package, ecosystem, scheme)[0]
