"""A comparison as tables for a terminal, and as JSON for a machine."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.accuracy.comparison import WHERE, Comparison, Difference
from benchmarks.accuracy.interface import PackageId

_UNEXPLAINED = "unexplained"
_SHOWN = 5


def print_comparison(console: Console, title: str, comparison: Comparison, *, every: bool) -> None:
    """Print the figures of a comparison, its differences by reason, and each one that is unexplained, or every one."""
    console.print(_figures(title, comparison))
    if comparison.differences or comparison.joins:
        console.print(_reasons(comparison))
    if said := _packages(comparison):
        console.print(_plain(said), markup=False, highlight=False, soft_wrap=True)
    for difference in comparison.differences if every else comparison.unexplained:
        console.print(_plain(_line(difference)), markup=False, highlight=False, soft_wrap=True)
    console.print()


def write_json(path: Path, comparisons: Sequence[tuple[str, Comparison]]) -> None:
    """Write the figures and every difference of all comparisons."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode([_document(*one) for one in comparisons])))


def _figures(title: str, comparison: Comparison) -> Table:
    theirs = comparison.theirs.scanner
    columns = ["", "findings", "flaws of packages", "both", "alone", "explained", _UNEXPLAINED]
    table = Table(
        *columns, title=Text(_plain(f"{title}: {comparison.ours.scanner} and {theirs}")), title_justify="left"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for name, scan, where in (
        (comparison.ours.scanner, comparison.ours, "ours"),
        (theirs, comparison.theirs, "theirs"),
    ):
        alone = [one for one in comparison.differences if one.where == f"only {where}"]
        open_ = sum(one.explanation is None for one in alone)
        figures = (len(scan.sightings), comparison.common + len(alone), comparison.common)
        table.add_row(name, *map(str, (*figures, len(alone), len(alone) - open_, open_)))
    return table


def _packages(comparison: Comparison) -> str:
    ours, theirs = comparison.ours.packages, comparison.theirs.packages
    if ours is None or theirs is None:
        return ""
    alone = [sorted(ours.keys() - theirs.keys()), sorted(theirs.keys() - ours.keys())]
    both = len(ours.keys() & theirs.keys())
    return f"Packages: {both} both list; only ours {_shown(alone[0])}; only theirs {_shown(alone[1])}."


def _shown(packages: Sequence[PackageId]) -> str:
    names = ", ".join(map(str, packages[:_SHOWN]))
    return f"{len(packages)}" + (f" ({names}{', …' * (len(packages) > _SHOWN)})" if packages else "")


def _reasons(comparison: Comparison) -> Table:
    table = Table("where", "reason", "differences", "for example", title_justify="left")
    table.columns[2].justify = "right"
    for where in WHERE:
        found = [one for one in comparison.differences if one.where == where]
        for reason, count in Counter(map(_reason, found)).most_common():
            table.add_row(
                where, reason, str(count), Text(_plain(_example(one for one in found if _reason(one) == reason)))
            )
    for reason, count in comparison.joins.most_common():
        table.add_row("both", reason, str(count), "")
    return table


def _reason(difference: Difference) -> str:
    return difference.explanation.category if difference.explanation else _UNEXPLAINED


def _example(differences: Iterable[Difference]) -> str:
    first = next(iter(differences))
    proof = first.explanation.proof if first.explanation else f"{', '.join(sorted(first.matter.flaws))}"
    return f"{first.matter.package}: {proof}"


def _line(difference: Difference) -> str:
    matter = difference.matter
    said = difference.explanation
    reason = f"{said.category}: {said.proof}" if said else f"UNEXPLAINED: ours {_said(difference, 'ours')}; theirs "
    reason += "" if said else _said(difference, "theirs")
    return f"{difference.where}: {matter.package}, {', '.join(sorted(matter.flaws))}: {reason}"


def _said(difference: Difference, side: str) -> str:
    sightings = difference.matter.ours if side == "ours" else difference.matter.theirs
    return ", ".join(f"{one.severity}, fixed {' '.join(one.fixed) or '-'}" for one in sightings) or "nothing"


def _plain(text: str) -> str:
    """Replace what is no visible character: names come from images, and a terminal obeys escapes."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _document(title: str, comparison: Comparison) -> dict[str, object]:
    return {
        "image": title,
        "peer": comparison.theirs.scanner,
        "ours": len(comparison.ours.sightings),
        "theirs": len(comparison.theirs.sightings),
        "common": comparison.common,
        "joined": dict(comparison.joins),
        "unexplained": len(comparison.unexplained),
        "differences": [
            {
                "where": one.where,
                "package": str(one.matter.package),
                "flaws": sorted(one.matter.flaws),
                "reason": one.explanation.category if one.explanation else None,
                "proof": one.explanation.proof if one.explanation else None,
            }
            for one in comparison.differences
        ],
    }
