"""Where two generations differ: both are read in key order, side by side, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.references import ImageId
from shared.projections.generations import Generation
from shared.projections.image_rows import image_of_row
from shared.projections.projector import STALLED
from shared.storage.tables import Row


def differing_images(one: Generation, other: Generation) -> Iterator[tuple[ImageId, bool]]:
    """Yield every image of two generations, and whether they say the same of it; stalled rows say nothing."""
    for left, right in _side_by_side(one.images.rows(), other.images.rows()):
        row = left or right
        assert row is not None
        same = left is not None and right is not None and dict(left) == dict(right)
        yield image_of_row(row), same and row["revision"] != STALLED


def differing_charges(one: Generation, other: Generation) -> Iterator[tuple[str, ImageId]]:
    """Yield the month and the image of every charge that two generations do not have in common."""
    left, right = (
        {(month, charge.image): charge for month, charge in generation.billing.entries()} for generation in (one, other)
    )
    yield from sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))


def wrong_totals(generation: Generation) -> list[str]:
    """Return the months that have a total which is not the number of its charges."""
    return sorted({count.month for count in generation.billing.counts() if count.charges != count.total})


def _side_by_side(one: Iterator[Row], other: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    left, right = next(one, None), next(other, None)
    while left is not None or right is not None:
        if right is None or (left is not None and _key(left) < _key(right)):
            yield left, None
            left = next(one, None)
        elif left is None or _key(right) < _key(left):
            yield None, right
            right = next(other, None)
        else:
            yield left, right
            left, right = next(one, None), next(other, None)


def _key(row: Row) -> tuple[str, str]:
    return row["PartitionKey"], row["RowKey"]
