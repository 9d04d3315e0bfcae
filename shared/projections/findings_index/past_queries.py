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
    narrowed = "" if registry is None else "AND registry = :registry"
    text = (
        f"SELECT {_SUMS} FROM trend"  # noqa: S608 - texts of this module
        f" WHERE repository = :repository AND at > :after AND at <= :until {narrowed}"
    )
    return Query(text, {"registry": registry, "repository": repository or "", "after": after, "until": until})


def shortened(after: int) -> Query:
    """Ask for images of which older changes than some after a time were left out: registry, digest, and since when."""
    return Query(
        "SELECT registry, digest, since FROM past JOIN image ON image.id = past.image WHERE since > :after",
        {"after": after},
    )
