"""How long findings are open: on the overview beside everything else, and of one image when it is opened."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from shared.domain.severity import Severity
from shared.projections.findings_index.interface import Unanswered
from tests.e2e.dashboard.clocks import clock
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import NOW, REGISTRY, SHOP, full_product
from tests.e2e.dashboard.visit import Visit

_IMAGE = f"#/image/{REGISTRY}/{SHOP.digest}"
_FOLDED = "First known, fixable, first pulled and ended"


def section(opened: Visit) -> Locator:
    heading = opened.page.get_by_role("heading", name="How long findings are open")
    return opened.page.locator("section").filter(has=heading)


def asked(opened: Visit, path: str) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(one).query) for one in opened.product.asked if urlsplit(one).path == path]


def test_the_overview_says_how_long_findings_are_open(visit: Open) -> None:
    opened = visit(full_product(), "#/overview")
    said = section(opened)

    expect(said).to_contain_text(
        "2 findings were remediated in the last 30 days, half of them within 31 days; 50% within target."
    )
    expect(said).to_contain_text("2 are open, the oldest since 2026-10-13 10:00 UTC or before; 1 past target.")
    expect(said.get_by_role("table")).to_be_hidden()
    said.get_by_text("By severity", exact=True).click()
    expect(opened.rows("Exposure by severity").first).to_be_visible()
    assert [opened.cells(row) for row in opened.rows("Exposure by severity").all()] == [
        ["critical", "0", "–", "–", "15 days", "–", "1", "1"],
        ["high", "2", "31 days", "31 days", "30 days", "50%", "0", "0"],
        ["medium", "0", "–", "–", "90 days", "–", "0", "0"],
        ["low", "0", "–", "–", "180 days", "–", "1", "0"],
        ["unknown", "0", "–", "–", "30 days", "–", "0", "0"],
        ["negligible", "0", "–", "–", "–", "–", "0", "–"],
    ]


def test_the_exposure_is_asked_for_the_level_and_the_range_that_are_chosen(visit: Open) -> None:
    opened = visit(full_product(), f"#/overview/{REGISTRY}/team%2Fshop")
    expect(section(opened)).to_contain_text("in the last 30 days")

    opened.page.get_by_label("The last").select_option("7 days")
    expect(section(opened)).to_contain_text("1 finding was remediated in the last 7 days")

    month, week = asked(opened, "/api/exposure")
    assert (month["registry"], month["repository"]) == (week["registry"], week["repository"])
    assert (week["registry"], week["repository"]) == ([REGISTRY], ["team/shop"])
    assert week["from"][0].startswith(f"{NOW - timedelta(days=7):%Y-%m-%dT%H:%M}")


def test_of_the_past_the_exposure_is_asked_up_to_then(visit: Open) -> None:
    product = full_product()
    product.as_of = {"2026-11-10T08:30:00.000Z": full_product()}
    opened = visit(product, "#/overview")
    expect(section(opened)).to_contain_text("in the last 30 days")
    opened.page.get_by_label("As of (UTC)").fill("2026-11-10T08:30")
    opened.page.get_by_role("button", name="Show that time").click()
    expect(section(opened)).to_contain_text("in the last 30 days")

    opened.until("document.querySelector('.loading') === null")
    last = asked(opened, "/api/exposure")[-1]
    assert (last["to"], last["from"]) == (["2026-11-10T08:30:00.000Z"], ["2026-10-11T08:30:00.000Z"])


def test_where_there_never_was_a_finding_nothing_is_said(visit: Open) -> None:
    product = full_product()
    product.clocks.of_image = {}
    opened = visit(product, "#/overview")

    expect(opened.page.get_by_role("table", name="Registries")).to_be_visible()
    expect(section(opened)).to_have_count(0)
    assert asked(opened, "/api/exposure")


def test_what_the_figures_cannot_tell_is_said(visit: Open) -> None:
    product = full_product()
    product.clocks.of_image = {SHOP.digest: []}
    product.clocks.untold = 3
    product.clocks.unanswered = Unanswered(2, 1)
    said = section(visit(product, "#/overview"))

    expect(said).to_contain_text("No finding was remediated in the last 30 days.")
    expect(said).to_contain_text("None with a clock is open.")
    expect(said).to_contain_text("There may be more findings: 2 images not assessed, 1 unsupported.")
    expect(said).to_contain_text("3 findings have no clock and no part in these figures.")


def test_an_exposure_that_cannot_be_had_keeps_nothing_else_away(visit: Open) -> None:
    product = full_product()
    product.broken = "/api/exposure"
    opened = visit(product, "#/overview")
    opened.expected = ("503",)

    expect(opened.rows("Registries")).to_have_count(1)
    expect(section(opened)).to_contain_text("How long findings are open cannot be had now.")
    expect(opened.page.get_by_role("alert").filter(has_text="storage")).to_have_count(0)


def test_the_clocks_of_an_image_are_read_once_they_are_opened(visit: Open) -> None:
    opened = visit(full_product(), _IMAGE)
    path = f"/api/images/{REGISTRY}/{SHOP.digest}/exposure"
    opened.refresh()
    assert asked(opened, path) == []

    opened.page.get_by_text(_FOLDED).click()

    rows = opened.rows("Since when findings are known")
    expect(rows).to_have_count(4)
    assert [opened.cells(row)[1:] for row in rows.all()] == [
        [
            "CVE-2026-1001 openssl 3.0.1",
            "2026-10-13 10:00 UTC or before",
            "2026-10-13 10:00 UTC",
            "2026-11-20 10:00 UTC",
            "open",
        ],
        ["CVE-2026-3001 openssl 3.0.1 disabled by a rule", "2026-11-14 10:00 UTC", "–", "–", "open"],
        [
            "CVE-2026-2001 openssl 3.0.1",
            "2026-11-02 10:00 UTC",
            "2026-11-02 10:00 UTC",
            "–",
            "2026-11-19 10:00 UTC replaced by another image",
        ],
        [
            "CVE-2026-2002 openssl 3.0.1",
            "2026-09-23 10:00 UTC",
            "2026-09-23 10:00 UTC",
            "–",
            "2026-11-07 10:00 UTC image deleted",
        ],
    ]


def test_a_deleted_image_still_tells_how_its_findings_ended(visit: Open) -> None:
    product = full_product()
    product.images.remove(SHOP)
    opened = visit(product, _IMAGE)
    opened.expected = ("404",)

    opened.page.get_by_text(_FOLDED).click()

    expect(opened.rows("Since when findings are known")).to_have_count(4)


@pytest.mark.parametrize("untold", [0, 3])
def test_clocks_come_page_after_page_and_without_markup(visit: Open, untold: int) -> None:
    product = full_product()
    hostile = "<img src=x onerror=alert(1)>"
    product.clocks.of_image[SHOP.digest] = [
        clock(f"CVE-{number}", Severity.LOW, number, id=f"{number}", package=hostile) for number in range(12)
    ]
    product.clocks.untold = untold
    product.page_size = 5
    opened = visit(product, _IMAGE)

    opened.page.get_by_text(_FOLDED).click()

    expect(opened.rows("Since when findings are known")).to_have_count(12)
    expect(opened.rows("Since when findings are known").first).to_contain_text(hostile)
    expect(opened.page.get_by_text("Of 3 more findings nobody knows since when")).to_have_count(1 if untold else 0)
