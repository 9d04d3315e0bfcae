"""Read what has to be known of answers about images: that the plan is off, and that registries were removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.plan import Plan
from shared.projections.plan import PlanReader
from shared.projections.registries import RegistryReader


@dataclass(frozen=True)
class Caveats:
    """What has to be known of answers as of a time, in words.

    ``everywhere`` is of all answers, empty where the plan is on. ``removed`` are the registries that are gone, by login
    server, each with what is to be known of its images.
    """

    everywhere: str = ""
    removed: Mapping[str, str] = field(default_factory=dict)

    def of(self, registry: str) -> str:
        """Say what has to be known of the images of a registry; nothing where nothing."""
        return joined(self.removed.get(registry, ""), self.everywhere)


@dataclass(frozen=True)
class QueryCaveats:
    """Answers from the log."""

    plan: PlanReader
    registries: RegistryReader

    def __call__(self, at: datetime | None) -> Caveats:
        """Return the caveats of now, or those that the log knew at a time."""
        plan: Plan = self.plan(at)
        known = self.registries.read(at) if at else self.registries()
        return Caveats(plan.notice, {host: said for host, state in known.items() if (said := state.caveat)})


def joined(*texts: str) -> str:
    """Put what is said of one thing together; empty texts say nothing."""
    return "; ".join(filter(None, texts))
