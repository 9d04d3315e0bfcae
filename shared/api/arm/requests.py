"""Requests of Azure Resource Manager: the parameters that all of them take, checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.api import parameters
from shared.api.arm.scopes import Scope, parse_path
from shared.api.errors import ApiError, bad_request
from shared.api.paging import MAX_TOP, PageRequest


@dataclass(frozen=True)
class ArmRequest:
    """A request that was split into its parts; ``what`` is the path after ``providers/Microsoft.Security``."""

    scope: Scope
    what: list[str]
    url: str
    parameters: Mapping[str, str]

    @classmethod
    def parse(cls, path: str, query: Mapping[str, str], url: str) -> ArmRequest:
        """Split a path and take its query, whose names are in any case; raise ApiError 404."""
        scope, what = parse_path(path)
        return cls(scope, what, url, {name.lower(): text for name, text in query.items()})

    @property
    def as_of(self) -> datetime | None:
        """The time as of which to answer, an addition of ours; raise ApiError 400."""
        return parameters.time("asOf", self.parameters.get("asof"))

    @property
    def page(self) -> PageRequest:
        """Which page of a list is wanted; raise ApiError 400."""
        top, token = self.parameters.get("$top"), self.parameters.get("$skiptoken")
        return PageRequest.parse(top, token, self.url, prefix="$", default=MAX_TOP)

    def check_version(self, supported: Collection[str]) -> None:
        """Raise ApiError 400 unless a version of the API is asked for that there is."""
        version = self.parameters.get("api-version", "")
        known = ", ".join(supported)
        if not version:
            raise ApiError(
                400,
                "MissingApiVersionParameter",
                f"The api-version query parameter (?api-version=) is required for all requests: {known}.",
            )
        if version.lower() not in supported:
            message = f"The api-version {version[:40]!a} is invalid. The supported versions are '{known}'."
            raise ApiError(400, "InvalidApiVersionParameter", message)

    def expand(self, *allowed: str) -> frozenset[str]:
        """Return what ``$expand`` names, in lower case; raise ApiError 400 for anything that is not allowed."""
        wanted = self.parameters.get("$expand", "")
        names = frozenset(name.strip().lower() for name in wanted.split(",") if name.strip())
        if not names <= set(allowed):
            raise bad_request("$expand", f"must be one of {', '.join(allowed)}, not {wanted[:60]!a}")
        return names
