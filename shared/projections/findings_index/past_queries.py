"""Questions to the index about the past as SQL; every value is a parameter."""

from __future__ import annotations

from shared.projections.findings_index.queries import OF_IMAGE, Query

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


_TIMED_IMAGES = """
SELECT image.id, image.registry, image.digest, image.repository, past.answered, past.untold, past.clocks,
       departure.at, departure.successor
FROM image CROSS JOIN past ON past.image = image.id
LEFT JOIN departure ON departure.image = image.id AND departure.at = (
    SELECT max(at) FROM departure WHERE departure.image = image.id AND at <= :at AND (until IS NULL OR until > :at))
WHERE TRUE"""


def timed_images(registry: str | None, repository: str | None, digest: str | None, at: int) -> Query:
    """Ask for images with their clocks.

    Image, registry, digest, repository, since when it has been answered, how many findings have no clock, the clocks,
    and, where its last tag had moved on by a time, since when, and to which digest.
    """
    named = {"registry": registry, "repository": repository, "digest": digest}
    given = {name: value for name, value in named.items() if value is not None}
    text = "".join((_TIMED_IMAGES, *(f" AND {OF_IMAGE[name]}" for name in given)))
    return Query(text, {**given, "at": at})


def untold(registry: str | None) -> Query:
    """Ask how many findings have no clock, as there were too many of an image."""
    text = "SELECT ifnull(sum(untold), 0) FROM past JOIN image ON image.id = past.image WHERE TRUE"
    return Query(text + _of_registry(registry), {"registry": registry})


def _of_registry(registry: str | None) -> str:
    return "" if registry is None else " AND image.registry = :registry"
