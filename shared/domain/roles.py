"""What a caller may do: the two roles of the service, named like those of Microsoft Defender for Cloud."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A role; who may write may also read."""

    READER = "Security Reader"
    ADMIN = "Security Admin"

    def covers(self, needed: Role) -> bool:
        """Say whether a caller with this role may do what another role is needed for."""
        return self is Role.ADMIN or needed is Role.READER


def role_of(claimed: Iterable[str]) -> Role | None:
    """Choose the stronger role among the claims of a token; None where none of them is a role of ours.

    The value of an app role holds no blank (learn.microsoft.com: "Add app roles to your application"), so that the
    names are also taken without it or with a dot.
    """
    found = {_NAMES[one] for one in claimed if one in _NAMES}
    return max(found, key=lambda role: role is Role.ADMIN, default=None)


_NAMES = {role.replace(" ", between): role for role in Role for between in (" ", "", ".")}
