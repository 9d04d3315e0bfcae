"""Image health as a table for a terminal, or as plain lines where output is no terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.api import ImageHealth

_SEVERITIES = ("critical", "high", "medium", "low")
_STYLES = {"healthy": "green", "unhealthy": "red", "not-assessed": "yellow", "unsupported": "dim"}


def print_results(console: Console, images: list[ImageHealth], seconds: float) -> None:
    """Print one line an image, by name, and how long it took."""
    images = sorted(images, key=lambda image: (image.repository, image.tags, image.platform or ""))
    if console.is_terminal:
        console.print(_table(images))
    else:
        for image in images:
            console.print("  ".join(_cells(image)), markup=False, highlight=False, soft_wrap=True)
    unfinished = sum(not image.finished for image in images)
    late = f"; scans still to come: {unfinished}, see the dashboard" if unfinished else ""
    console.print(f"Images: {len(images)}, seen after {seconds:.1f} s{late}", highlight=False)


def _table(images: list[ImageHealth]) -> Table:
    # Narrow enough for a terminal of 80 columns: names are never cut, reasons may take several lines.
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("image", "platform", "health"):
        table.add_column(heading, no_wrap=True)
    table.add_column(" ".join(severity[0].upper() for severity in _SEVERITIES), no_wrap=True)
    table.add_column("reason", overflow="fold")
    for image in images:
        name, platform, health, *counts, reason = _cells(image)
        table.add_row(Text(name), Text(platform), Text(health, _STYLES.get(health, "")), " ".join(counts), Text(reason))
    return table


def _cells(image: ImageHealth) -> list[str]:
    name = f"{image.repository}:{image.tags[0]}" if image.tags else f"{image.repository}@{image.digest[:19]}"
    counts = [str(image.severities.get(severity, 0)) for severity in _SEVERITIES]
    return [name, image.platform or "", image.health, *counts, image.reason or ""]
