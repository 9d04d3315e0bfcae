"""Scopes: the subscription, resource group, registry or management group that a request is about.

A path is ``{scope}/providers/Microsoft.Security/{what}``; its case does not matter.
"""

from __future__ import annotations

from typing import NamedTuple

from shared.api.errors import ApiError, not_found
from shared.domain.registry_resources import RegistryResource
from shared.services.query_estate import Estate, RegistryImages

_MOST_SEGMENTS = 40


class Scope(NamedTuple):
    """What a request is about; empty parts are no limit."""

    subscription: str = ""
    group: str = ""
    registry: str = ""

    def registries(self, estate: Estate) -> tuple[RegistryImages, ...]:
        """Return the registries of the scope; raise ApiError 404 for a scope that is not known.

        To answer with an empty list would say of a mistyped scope that nothing is wrong in it.
        """
        if self.subscription and self.subscription.lower() not in map(str.lower, estate.subscriptions):
            raise not_found("SubscriptionNotFound", f"The subscription {self.subscription[:200]!a} is not watched.")
        found = tuple(one for one in estate.registries if self._holds(one.resource))
        if self.registry and not found:
            raise not_found("ResourceNotFound", f"The registry {self.registry[:200]!a} is not watched.")
        if self.group and not found:
            raise not_found("ResourceGroupNotFound", f"No registry of {self.group[:200]!a} is watched.")
        return found

    def _holds(self, resource: RegistryResource) -> bool:
        parts = (resource.subscription_id, resource.resource_group, resource.name)
        return all(wanted.lower() in ("", part.lower()) for wanted, part in zip(self, parts, strict=True))


def parse_path(path: str) -> tuple[Scope, list[str]]:
    """Split a path into its scope and the segments after ``providers/Microsoft.Security``; raise ApiError 404."""
    segments = [part for part in path.split("/") if part][:_MOST_SEGMENTS]
    lower = [part.lower() for part in segments]
    for place in range(len(lower) - 1, 0, -1):
        if lower[place - 1 : place + 1] == ["providers", "microsoft.security"]:
            return _scope(segments[: place - 1]), segments[place + 1 :]
    raise unknown_type(path)


def unknown_type(path: str) -> ApiError:
    """Make the error for a path that leads to nothing of ours."""
    return not_found("InvalidResourceType", f"The resource type of {path[:200]!a} could not be found.")


def _scope(segments: list[str]) -> Scope:
    kinds = [part.lower() for part in segments]
    match kinds:
        case ["subscriptions", _]:
            return Scope(segments[1])
        case ["subscriptions", _, "resourcegroups", _]:
            return Scope(segments[1], segments[3])
        case ["subscriptions", _, "resourcegroups", _, "providers", "microsoft.containerregistry", "registries", _]:
            return Scope(segments[1], segments[3], segments[7])
        case [] | ["providers", "microsoft.management", "managementgroups", _]:
            # Which subscriptions a management group holds is not known here: every registry that is watched.
            return Scope()
    raise unknown_type("/".join(segments))
