"""The overview: how everything is, a registry and a repository, and how it went over time."""

import re
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from playwright.sync_api import expect

from shared.domain.image_health import Health
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import REGISTRY, SHOP, full_product, image, severities, trend_of
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

OTHER = "fabrikam.azurecr.io"
_THEN = "2026-11-10T08:30:00.000Z"


def two_registries() -> Product:
    product = full_product()
    product.images.append(image("team/mail", Health.UNHEALTHY, "1 open finding", "1", registry=OTHER))
    product.images[-1] = msgspec.structs.replace(product.images[-1], severities=severities(critical=3))
    return product


def trends_asked(product: Product) -> list[dict[str, list[str]]]:
    """Return the questions for trends, oldest first."""
    return [parse_qs(urlsplit(path).query) for path in product.asked if path.startswith("/api/trends")]


def picture(opened: Visit, caption: str) -> str:
    """Wait until a chart is drawn and return what it says to those who do not see it."""
    chart = opened.page.get_by_role("figure").filter(has_text=caption).locator("trend-chart")
    expect(chart.locator("canvas")).to_be_visible()
    return chart.get_attribute("aria-label") or ""


def test_registries_are_listed_with_what_their_images_add_up_to_worst_first(visit: Open) -> None:
    opened = visit(two_registries(), "#/overview")

    rows = opened.rows("Registries")
    expect(rows).to_have_count(2)
    nothing_else = "H 0 high M 0 medium L 0 low ? 0 unknown N 0 negligible"
    assert opened.cells(rows.nth(0)) == [OTHER, "1", "1 unhealthy", f"C 3 critical {nothing_else}"]
    assert opened.cells(rows.nth(1)) == [
        REGISTRY,
        "7",
        "2 unhealthy 2 not assessed 1 unsupported 2 healthy",
        "C 1 critical H 13 high M 48 medium L 112 low ? 2 unknown N 320 negligible",
    ]


def test_the_way_leads_from_registry_to_repository_to_image_and_back(visit: Open) -> None:
    opened = visit(two_registries(), "#/overview")
    opened.heading("Overview")
    crumbs = opened.page.get_by_role("navigation", name="Breadcrumbs")

    opened.page.get_by_role("link", name=REGISTRY).click()
    opened.heading(REGISTRY)
    opened.rows("Repositories").get_by_role("link", name="team/shop").click()
    opened.heading("team/shop")
    opened.rows("Images").get_by_role("link", name="team/shop:1.4.2").click()
    opened.heading("team/shop:1.4.2")
    expect(opened.rows("Open findings")).to_have_count(3)
    expect(crumbs.get_by_role("listitem")).to_have_text(["All registries", REGISTRY, "team/shop", "team/shop:1.4.2"])

    crumbs.get_by_role("link", name="team/shop").click()
    opened.heading("team/shop")
    crumbs.get_by_role("link", name=REGISTRY).click()
    opened.heading(REGISTRY)
    expect(crumbs.locator("[aria-current=page]")).to_have_text(REGISTRY)
    crumbs.get_by_role("link", name="All registries").click()
    opened.heading("Overview")
    expect(opened.rows("Registries")).to_have_count(2)


def test_an_image_in_two_repositories_is_in_both_and_counted_once_above(visit: Open) -> None:
    opened = visit(full_product(), f"#/overview/{REGISTRY}")

    for name in ("team/api", "mirror/api"):
        row = opened.rows("Repositories").filter(has=opened.page.get_by_role("link", name=name, exact=True))
        assert opened.cells(row)[1:3] == ["1", "1 unhealthy"]
    expect(opened.page.get_by_role("link", name=re.compile("^2 unhealthy"))).to_be_visible()


def test_a_tile_leads_to_the_images_behind_it(visit: Open) -> None:
    opened = visit(two_registries(), f"#/overview/{REGISTRY}")

    opened.page.get_by_role("link", name=re.compile("^2 unhealthy")).click()

    expect(opened.rows("Images")).to_have_count(2)
    assert opened.page.url.endswith(f"#/?health=unhealthy&registry={REGISTRY}")


def test_nothing_found_is_no_good_news_where_an_image_is_not_assessed(visit: Open) -> None:
    opened = visit(full_product(), f"#/overview/{REGISTRY}")
    expect(opened.rows("Repositories").first).to_be_visible()
    shown = {name: opened.cells(opened.rows("Repositories").filter(has_text=name))[3] for name in ("batch", "cache")}

    assert shown == {"batch": "none known", "cache": "none"}


def test_the_score_is_shown_with_its_points(visit: Open) -> None:
    totals = visit(full_product(), "#/overview").page.get_by_role("region", name="Totals")

    expect(totals).to_contain_text(re.compile(r"33%\s*secure score: 2 of 6 points"))


def test_without_an_image_that_counts_there_is_no_score(visit: Open) -> None:
    product = Product(images=[image("legacy/reports", Health.UNSUPPORTED, "Windows", "1")])
    totals = visit(product, "#/overview").page.get_by_role("region", name="Totals")

    expect(totals).to_contain_text(re.compile("–.*secure score: no image counts"))


def test_the_trend_is_a_picture_with_words_and_a_table_of_the_same_numbers(visit: Open) -> None:
    product = full_product()
    opened = visit(product, "#/overview")

    assert picture(opened, "Images by health") == (
        "Images by health from 2026-10-23 10:00 UTC to 2026-11-22 10:00 UTC: "
        "unhealthy from 1 to 2, not assessed from 0 to 2, unsupported from 0 to 1, healthy from 0 to 2"
    )
    assert "critical from 2 to 1, high from 2 to 13" in picture(opened, "Open findings by severity")
    figure = opened.page.get_by_role("figure").filter(has_text="Images by health")
    figure.get_by_text("As a table").click()
    rows = opened.rows("Images by health")
    expect(rows).to_have_count(len(product.trend))
    assert opened.cells(rows.first) == ["2026-11-22 10:00 UTC", "2", "2", "1", "2"]
    assert opened.cells(rows.last) == ["2026-10-23 10:00 UTC", "1", "0", "0", "0"]


def test_the_pointer_reads_the_numbers_off_the_chart(visit: Open) -> None:
    opened = visit(full_product(), "#/overview")
    picture(opened, "Images by health")
    chart = opened.page.locator("trend-chart").first

    chart.locator(".u-over").hover(position={"x": 2, "y": 20})

    expect(chart.locator(".reading")).to_have_text("2026-10-23 10:00 UTC: 1 unhealthy")


def test_the_colours_of_the_charts_follow_the_colour_scheme(visit: Open) -> None:
    opened = visit(full_product(), "#/overview")
    opened.expected = ("willReadFrequently",)
    picture(opened, "Images by health")
    pixel = (
        "[...document.querySelector('trend-chart canvas').getContext('2d')"
        ".getImageData(200, document.querySelector('trend-chart canvas').height - 45, 1, 1).data].join()"
    )
    opened.until(f"{pixel} === '201,67,76,255'")  # the colour of what is unhealthy

    opened.page.emulate_media(color_scheme="dark")

    opened.until(f"{pixel} === '224,101,106,255'")


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("#/overview", {}),
        (f"#/overview/{REGISTRY}", {"registry": [REGISTRY]}),
        (f"#/overview/{REGISTRY}/team%2Fshop", {"registry": [REGISTRY], "repository": ["team/shop"]}),
    ],
)
def test_the_trend_is_of_what_the_page_is_about(visit: Open, address: str, part: dict[str, list[str]]) -> None:
    opened = visit(full_product(), address)
    picture(opened, "Images by health")

    [asked] = trends_asked(opened.product)
    [since] = asked.pop("from")
    assert (since[:13], asked) == ("2026-10-23T10", part | {"points": ["31"]})


def test_how_far_the_trend_reaches_back_is_chosen_and_part_of_the_address(visit: Open) -> None:
    opened = visit(full_product(), f"#/overview/{REGISTRY}")
    picture(opened, "Images by health")

    opened.page.get_by_label("The last").select_option("7 days")
    opened.until(f"location.hash === '#/overview/{REGISTRY}?range=7'")
    picture(opened, "Images by health")
    opened.page.reload()
    expect(opened.page.get_by_label("The last")).to_have_value("7")
    picture(opened, "Images by health")

    for asked in trends_asked(opened.product)[1:]:
        assert (asked["from"][0][:13], asked["points"]) == ("2026-11-15T10", ["29"])


def test_in_the_past_the_trend_ends_at_the_time_that_is_shown(visit: Open) -> None:
    product = full_product()
    product.as_of = {_THEN: full_product()}
    opened = visit(product, "#/overview")
    picture(opened, "Images by health")

    opened.page.get_by_label("As of (UTC)").fill("2026-11-10T08:30")
    opened.page.get_by_role("button", name="Show that time").click()
    expect(opened.page.get_by_text("The past is shown")).to_be_visible()
    picture(opened, "Images by health")

    [asked] = trends_asked(product)[1:]
    assert (asked["from"], asked["to"]) == (["2026-10-11T08:30:00.000Z"], [_THEN])
    expect(opened.page.get_by_text("being scanned")).to_have_count(0)


@pytest.mark.parametrize(
    ("trend", "told"),
    [([], "Nothing was known in this time."), (trend_of([], 3), "Nothing was known in this time.")],
    ids=["no points", "points without images"],
)
def test_a_time_in_which_nothing_was_known_has_no_chart(visit: Open, trend: list[object], told: str) -> None:
    product = full_product()
    product.trend = trend  # type: ignore[assignment]
    opened = visit(product, "#/overview")

    expect(opened.page.get_by_text(told)).to_be_visible()
    expect(opened.page.locator("trend-chart")).to_have_count(0)


@pytest.mark.parametrize(
    ("route", "told"),
    [("/api/trends", "How it went over time cannot be had now."), ("/api/score", "secure score: unavailable")],
)
def test_what_cannot_be_had_does_not_keep_the_rest_away(visit: Open, route: str, told: str) -> None:
    product = full_product()
    product.broken = route
    opened = visit(product, "#/overview")
    opened.expected = ("503",)

    expect(opened.page.get_by_text(told)).to_be_visible()
    expect(opened.rows("Registries")).to_have_count(1)


def test_a_chart_that_cannot_be_drawn_leaves_the_table(visit: Open) -> None:
    opened = visit(full_product(), "#/")
    opened.page.route("**/uPlot.iife.min.js", lambda route: route.abort())
    opened.expected = ("ERR_FAILED",)

    opened.page.get_by_role("link", name="Overview").click()

    expect(opened.page.get_by_text("The chart cannot be drawn; the table has its numbers.")).to_have_count(2)


def test_refreshes_read_the_trend_again_only_when_something_changed_or_after_a_while(visit: Open) -> None:
    opened = visit(full_product(), "#/overview")
    picture(opened, "Images by health")
    opened.refresh()
    opened.refresh()
    assert len(trends_asked(opened.product)) == 1

    opened.product.images[0] = msgspec.structs.replace(SHOP, health=Health.HEALTHY, severities=severities())
    opened.product.trend = trend_of(opened.product.images)
    opened.refresh()
    expect(opened.page.locator("trend-chart").first).to_have_attribute("aria-label", re.compile("healthy from 0 to 3"))
    assert len(trends_asked(opened.product)) == 2

    opened.page.clock.fast_forward(65_000)
    opened.await_that(lambda: len(trends_asked(opened.product)) == 3, "a third question for the trend")


def test_a_refresh_leaves_the_open_table_and_the_focus_alone(visit: Open) -> None:
    opened = visit(full_product(), "#/overview")
    picture(opened, "Images by health")
    summary = opened.page.get_by_text("As a table").first
    summary.click()
    opened.page.locator("trend-chart canvas").first.evaluate("canvas => { canvas.dataset.same = 'yes'; }")

    opened.product.images.append(image("team/new", Health.UNHEALTHY, "1 open finding", "1"))
    opened.refresh()

    expect(opened.page.get_by_role("link", name=re.compile("^3 unhealthy"))).to_be_visible()
    expect(summary).to_be_focused()
    expect(opened.rows("Images by health").first).to_be_visible()
    # As its numbers are the same, the chart is not even drawn again.
    expect(opened.page.locator("trend-chart canvas[data-same=yes]")).to_have_count(1)


def test_scans_under_way_are_counted_until_they_end(visit: Open) -> None:
    product = full_product()
    product.queues["scans"] = 4
    opened = visit(product, "#/overview")
    expect(opened.page.locator(".progress")).to_have_text("1 image is being scanned, 4 messages in the queue")

    product.images = [msgspec.structs.replace(one, scanning=False) for one in product.images]
    # Reminders that wait for their time are left.
    opened.refresh()

    expect(opened.page.locator(".progress")).to_have_count(0)


def test_a_page_that_nobody_sees_asks_for_nothing_until_it_is_seen_again(visit: Open) -> None:
    opened = visit(full_product(), "#/overview")
    picture(opened, "Images by health")
    opened.await_question("/api/exposure")
    opened.await_question("/api/plan")
    hide = "hidden => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden }); }"
    opened.page.evaluate(hide, True)
    asked, updated = len(opened.product.asked), opened.page.locator("#freshness").inner_text()

    opened.pass_time()
    opened.pass_time()
    opened.pass_time()
    assert len(opened.product.asked) == asked

    opened.page.evaluate(hide, False)
    opened.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(opened.page.locator("#freshness")).not_to_have_text(updated)


def test_many_repositories_are_shown_in_steps(visit: Open) -> None:
    images = [image(f"team-{number:03}/ship", Health.HEALTHY, "", "1") for number in range(130)]
    opened = visit(Product(images=images), f"#/overview/{REGISTRY}")
    expect(opened.rows("Repositories")).to_have_count(100)

    opened.page.get_by_role("button", name="Show more (100 of 130 are shown)").click()

    expect(opened.rows("Repositories")).to_have_count(130)
