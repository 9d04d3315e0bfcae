"""Which registries of a subscription are left out: by name, or by a resource tag that their owners set."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import msgspec

from shared.domain.registry_resources import RegistryResource


class Exclusions(msgspec.Struct, frozen=True):
    """Patterns (``*``, ``?``) of names, login servers or resource ids, and a resource tag as name and value."""

    patterns: tuple[str, ...] = ()
    tag: tuple[str, str] = ("plimsoll", "off")

    def why(self, resource: RegistryResource, tags: Mapping[str, str]) -> str:
        """Say why a registry is left out, nothing where it is not; case does not matter, as Azure has it."""
        names = [part.casefold() for part in (resource.name, resource.login_server, resource.id)]
        for pattern in self.patterns:
            if any(fnmatchcase(name, pattern.casefold()) for name in names):
                return f"EXCLUDED_REGISTRIES has {pattern}"
        name, value = self.tag
        for given, text in tags.items():
            if (given.casefold(), text.casefold()) == (name.casefold(), value.casefold()):
                return f"it has the resource tag {given}={text}"
        return ""
