"""What a scan must find, worked out from raw OSV records and the listed packages: no code of the product takes part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cmp_to_key
from typing import Any, NamedTuple

from benchmarks.accuracy.evaluation import Order, fixed_versions, is_affected, ranges
from tests.support.accuracy.orders import order_of
from tests.support.real_images.listed import Listed

type Json = dict[str, Any]

type Entry = tuple[Json, Json]
"""A record, and what it says about one package."""


class Expected(NamedTuple):
    """One finding: the package as it is listed, every name of the flaw, and the first version without it."""

    package: str
    version: str
    names: frozenset[str]
    fixed: str | None


def expected_findings(listed: Iterable[Listed], records: Sequence[Json]) -> set[Expected]:
    """Return the findings that follow for some packages."""
    entries: dict[tuple[str, str], list[Entry]] = {}
    for record in records:
        for affected in record["affected"]:
            about = affected["package"]
            entries.setdefault((about["ecosystem"], about["name"]), []).append((record, affected))
    found = {package: entries.get((package.ecosystem, package.advised), []) for package in listed}
    orders = {ecosystem: _order(ecosystem, found) for ecosystem in {package.ecosystem for package in found}}
    return {one for package in found for one in _of_package(package, found[package], orders[package.ecosystem])}


def _order(ecosystem: str, found: Mapping[Listed, Sequence[Entry]]) -> Order:
    mine = {package: entries for package, entries in found.items() if package.ecosystem == ecosystem}
    return order_of(ecosystem, ([package.advised_version, *_named(entries)] for package, entries in mine.items()))


def _of_package(package: Listed, entries: Iterable[Entry], order: Order) -> Iterator[Expected]:
    here = package.advised_version
    flaws: dict[str, list[Entry]] = {}
    for record, affected in entries:
        if not record.get("withdrawn") and is_affected(affected, here, order):
            flaws.setdefault((record.get("aliases") or [record["id"]])[0], []).append((record, affected))
    for alias, found in flaws.items():
        names = frozenset((alias, *(record["id"] for record, _ in found)))
        yield Expected(package.name, package.version, names, _first_fix(here, [one for _, one in found], order))


def _first_fix(here: str, affected: Sequence[Json], order: Order) -> str | None:
    named = [version for one in affected for version in fixed_versions(one) if order(version, here) > 0]
    free = [version for version in named if not any(is_affected(one, version, order) for one in affected)]
    return min(free, key=cmp_to_key(order), default=None)


def _named(entries: Iterable[Entry]) -> Iterator[str]:
    for _, affected in entries:
        yield from affected.get("versions") or ()
        for events in ranges(affected):
            yield from (version for _, version in events if version != "0")
