"""What sub-assessments are about: a finding of an image in a repository of a registry.

An image that lies in several repositories is answered for in each of them: somebody who asks for one of them must
not find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.api.arm.names import SubAssessmentNames
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.domain.registry_resources import RegistryResource
from shared.services.query_estate import Estate, RegistryImages


@dataclass(frozen=True)
class Place:
    """An image in one of its repositories."""

    resource: RegistryResource
    repository: str
    health: ImageHealth
    names: SubAssessmentNames = field(init=False)

    def __post_init__(self) -> None:
        """Work out how the findings are called here."""
        names = SubAssessmentNames(self.health.registry, self.repository, self.health.digest)
        object.__setattr__(self, "names", names)

    @property
    def order(self) -> tuple[str, str, str]:
        """What places are sorted by."""
        return self.resource.login_server, self.repository, self.health.digest


@dataclass(frozen=True)
class Subject:
    """A finding at a place, with the GUID that it has there."""

    place: Place
    judged: JudgedFinding
    name: str

    @property
    def order(self) -> tuple[str, str, str, str]:
        """What subjects are sorted by; no two have the same."""
        return (*self.place.order, self.name)


def places(registries: Iterable[RegistryImages]) -> list[Place]:
    """Return every image of some registries in each of its repositories, in order."""
    found = [
        Place(registry.resource, repository, health)
        for registry in registries
        for health in registry.images
        for repository in health.repositories or (health.repository,)
    ]
    return sorted(found, key=lambda place: place.order)


def subjects(estate: Estate, among: Iterable[Place], start: Sequence[str] = ()) -> Iterator[Subject]:
    """Yield the findings at some places from a given order on; the images of places before it are not read."""
    first = tuple(start)
    for place in among:
        if place.order >= first[:3]:
            yield from (one for one in _at(estate, place) if one.order >= first)


def subject(estate: Estate, among: Iterable[Place], name: str) -> Subject | None:
    """Return the finding of a name, or None; only the images are read that may have it."""
    wanted = name.lower()
    likely = (place for place in among if place.names.may_hold(wanted))
    return next((one for place in likely for one in _at(estate, place) if one.name == wanted), None)


def _at(estate: Estate, place: Place) -> list[Subject]:
    # A package that is installed for several architectures has one id: its findings say the same.
    named = {place.names.name(judged.finding.id): judged for judged in reversed(estate.findings_of(place.health))}
    return [Subject(place, named[name], name) for name in sorted(named)]
