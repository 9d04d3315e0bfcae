"""Image health on a terminal and in plain lines."""

import io

from rich.console import Console

from local.api import ImageHealth
from local.results_table import print_results

SHOP = ImageHealth(
    registry="127.0.0.1:5055",
    repository="samples/shop",
    digest="sha256:" + "c" * 64,
    health="unhealthy",
    tags=["1.0"],
    platform="linux/amd64",
    severities={"critical": 1, "high": 2, "medium": 3, "low": 4},
)
MYSTERY = ImageHealth(
    registry="127.0.0.1:5055",
    repository="samples/mystery",
    digest="sha256:" + "d" * 64,
    health="not-assessed",
    reason="no advisories for [bold]fog[/bold]",
)


def printed(images: list[ImageHealth], *, terminal: bool, width: int = 160) -> str:
    output = io.StringIO()
    print_results(Console(file=output, force_terminal=terminal, width=width), images, 4.25)
    return output.getvalue()


def test_without_a_terminal_every_image_is_one_plain_line() -> None:
    mystery, shop, summary = printed([SHOP, MYSTERY], terminal=False).splitlines()
    assert shop == "samples/shop:1.0  linux/amd64  unhealthy  1  2  3  4  "
    assert mystery.startswith("samples/mystery@sha256:dddddddddddd")
    assert mystery.endswith("no advisories for [bold]fog[/bold]")
    assert summary == "Images: 2, seen after 4.2 s"


def test_on_a_terminal_there_is_a_table_and_text_of_images_is_not_markup() -> None:
    told = printed([SHOP, MYSTERY], terminal=True)
    assert "reason" in told
    assert "no advisories for [bold]fog[/bold]" in told


def test_names_and_health_are_never_cut_on_a_narrow_terminal() -> None:
    told = printed([SHOP, MYSTERY], terminal=True, width=80)
    assert "samples/shop:1.0" in told
    assert "not-assessed" in told
    assert "…" not in told


def test_unfinished_scans_are_counted() -> None:
    unfinished = ImageHealth("r", "app", "sha256:1", "not-assessed", reason="scan not finished")
    assert "Images: 1, seen after 4.2 s; scans still to come: 1" in printed([unfinished], terminal=False)
