"""Pairing: what two scanners say about one flaw of one package belongs together, whatever names they use."""

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.accuracy.interface import PackageId, Scan, Sighting


class Matter(NamedTuple):
    """One flaw of one package, with every sighting of either side: one side may split what the other joins."""

    package: PackageId
    flaws: frozenset[str]
    ours: tuple[Sighting, ...]
    theirs: tuple[Sighting, ...]


def pair(ours: Scan, theirs: Scan, aliases: Iterable[frozenset[str]]) -> list[Matter]:
    """Return all matters of two scans; sightings that share a name, or names of one set of aliases, are one."""
    joined = _joined(aliases)
    groups: dict[PackageId, list[_Group]] = {}
    for side, scan in enumerate((ours, theirs)):
        for sighting in scan.sightings:
            names = {joined.get(name, name) for name in sighting.flaws}
            _add(groups.setdefault(sighting.package, []), names, sighting, side)
    return [
        Matter(package, _all_names(group), tuple(group.sides[0]), tuple(group.sides[1]))
        for package in sorted(groups)
        for group in groups[package]
    ]


class _Group(NamedTuple):
    names: set[str]
    sides: tuple[list[Sighting], list[Sighting]]


def _add(groups: list[_Group], names: set[str], sighting: Sighting, side: int) -> None:
    met = [group for group in groups if group.names & names]
    group = _Group(set(names).union(*(one.names for one in met)), ([], []))
    for one in met:
        groups.remove(one)
        for kept, more in zip(group.sides, one.sides, strict=True):
            kept += more
    group.sides[side].append(sighting)
    groups.append(group)


def _joined(aliases: Iterable[frozenset[str]]) -> dict[str, str]:
    """Map every name to one that stands for all of its aliases."""
    stands: dict[str, frozenset[str]] = {}
    for names in aliases:
        all_names = names.union(*(stands.get(name, frozenset()) for name in names))
        stands |= dict.fromkeys(all_names, all_names)
    return {name: min(names) for name, names in stands.items()}


def _all_names(group: _Group) -> frozenset[str]:
    return frozenset(name for side in group.sides for sighting in side for name in sighting.flaws)
