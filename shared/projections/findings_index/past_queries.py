"""Questions to the index about the past as SQL; every value is a parameter."""

from __future__ import annotations

from shared.projections.findings_index.queries import Query

_SUMS = ", ".join(
    f"ifnull(sum({name}), 0)"
    for name in (
        *("healthy", "unhealthy", "unsupported", "not_assessed"),
        *("critical", "high", "medium", "low", "negligible", "unknown", "disabled"),
    )
)


def totals(registry: str | None, repository: str | None, after: int, until: int) -> Query:
    """Ask by how much totals changed after a time and until another: by health, by severity, and disabled ones."""
    of_repository = "whole" if repository is None else "repository = :repository"
    of_registry = "" if registry is None else "AND registry = :registry"
    text = (
        f"SELECT {_SUMS} FROM trend"  # noqa: S608 - texts of this module
        f" WHERE {of_repository} AND at > :after AND at <= :until {of_registry}"
    )
    return Query(text, {"registry": registry, "repository": repository, "after": after, "until": until})


def shortened(after: int) -> Query:
    """Ask for images of which older changes than some after a time were left out: registry, digest, and since when."""
    return Query(
        "SELECT registry, digest, since FROM past JOIN image ON image.id = past.image WHERE since > :after",
        {"after": after},
    )


_STANDING_DEPARTURE = """(
    SELECT max(at) FROM departure WHERE departure.image = image.id AND at <= :at AND (until IS NULL OR until > :at))"""
_HANDED_ON = "max(clock.since, departure.at, past.answered)"
_LINKS = f"""
SELECT clock.image, clock.place, {_HANDED_ON}, heir.id, (
    SELECT min(other.place) FROM clock AS other INDEXED BY clock_flaw
    WHERE other.image = heir.id AND other.flaw = clock.flaw AND other.turn = 0 AND other.since <= {_HANDED_ON}
      AND (other.ended IS NULL OR other.ended > {_HANDED_ON} OR other.deleted))
FROM image CROSS JOIN departure ON departure.image = image.id AND departure.at = {_STANDING_DEPARTURE}
CROSS JOIN image AS heir ON heir.digest = departure.successor AND heir.registry = image.registry
CROSS JOIN past ON past.image = heir.id AND past.answered <= :at AND past.untold = 0
CROSS JOIN clock ON clock.image = image.id AND clock.turn = 0 AND clock.since <= :at
WHERE TRUE"""  # noqa: S608 - texts of this module
_CLOCKS = """
SELECT clock.image, clock.place, image.registry, image.repository, clock.severity, clock.since,
       CASE WHEN clock.ended <= :at THEN clock.ended END, clock.deleted, clock.disabled
FROM image CROSS JOIN clock ON clock.image = image.id AND clock.said <= :at AND clock.until > :at
WHERE TRUE"""


def links(registry: str | None, at: int) -> Query:
    """Ask which findings were handed on with a tag by a time.

    Image, place, when it was; the image that has the tag now, and the place of the same finding in it, if it has it.
    """
    return Query(_LINKS + _of_registry(registry), {"registry": registry, "at": at})


def clocks(registry: str | None, repository: str | None, severity: int | None, at: int) -> Query:
    """Ask for findings that were known by a time.

    Image, place, registry, repository, severity, since when, when it ended and whether by a deletion, disabled or not.
    """
    text = _CLOCKS + _of_registry(registry)
    if repository is not None:
        text += " AND image.id IN (SELECT image FROM image_repository WHERE name = :repository)"
    if severity is not None:
        text += " AND clock.severity = :severity"
    return Query(text, {"registry": registry, "repository": repository, "severity": severity, "at": at})


def untold(registry: str | None) -> Query:
    """Ask how many findings have no clock, as there were too many of an image."""
    text = "SELECT ifnull(sum(untold), 0) FROM past JOIN image ON image.id = past.image WHERE TRUE"
    return Query(text + _of_registry(registry), {"registry": registry})


def _of_registry(registry: str | None) -> str:
    return "" if registry is None else " AND image.registry = :registry"
