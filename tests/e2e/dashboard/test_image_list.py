"""The first page: what is listed, how it is narrowed down, and that refreshes disturb nobody."""

import re

import msgspec
import pytest
from playwright.sync_api import expect

from shared.domain.image_health import Health
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import API, BATCH, REGISTRY, SHOP, WEB, full_product, image, severities
from tests.e2e.dashboard.product import Product


def test_every_image_is_listed_with_health_findings_and_reason(visit: Open) -> None:
    opened = visit(full_product())

    expect(opened.rows("Images")).to_have_count(7)
    assert opened.cells(opened.rows("Images").first) == [
        "unhealthy",
        f"team/shop:1.4.2 1.4 latest {REGISTRY} · {SHOP.digest[:19]}",
        "C 1 critical H 1 high M 0 medium L 1 low ? 0 unknown N 0 negligible",
        "linux/amd64 debian 12",
        "3 open findings of severity low or above",
        "2 hours ago",
    ]


def test_totals_tell_health_charges_feed_age_and_dead_letters(visit: Open) -> None:
    product = full_product()
    product.dead_letters = [{"PartitionKey": "projections", "RowKey": "1", "error": "no", "at": "2026-11-22T09:00:00Z"}]

    totals = visit(product).page.get_by_role("region", name="Totals")

    for text in ("2\nunhealthy", "2\nnot assessed", "1\nunsupported", "2\nhealthy", "1\ncharged this month"):
        expect(totals).to_contain_text(re.compile(text.replace("\n", r"\s*")))
    expect(totals).to_contain_text("25 min")
    expect(totals).to_contain_text("since the check of 2 advisory feeds")
    expect(totals).to_contain_text("1dead letter")


def test_totals_name_the_feeds_that_failed(visit: Open) -> None:
    product = full_product()
    product.feeds = [msgspec.structs.replace(product.feeds[0], failure="no answer"), product.feeds[1]]

    totals = visit(product).page.get_by_role("region", name="Totals")

    expect(totals).to_contain_text("advisories: 1 of 2 feeds failed")


def test_filters_narrow_the_list_and_are_part_of_the_address(visit: Open) -> None:
    opened = visit(full_product())

    opened.page.get_by_label("Health").select_option("healthy")
    expect(opened.rows("Images")).to_have_count(2)
    opened.page.get_by_label("Repository").select_option("team/web")
    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text(f"team/web:{WEB.tags[0]}")
    assert opened.page.url.endswith("#/?health=healthy&repository=team%2Fweb")

    opened.page.reload()
    expect(opened.rows("Images")).to_have_count(1)


def test_a_repository_filter_finds_images_that_have_it_as_another_name(visit: Open) -> None:
    opened = visit(full_product(), "#/?repository=mirror%2Fapi")

    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text("team/api")


def test_a_registry_or_a_severity_narrows_the_list_too(visit: Open) -> None:
    product = full_product()
    product.images.append(image("team/mail", Health.UNHEALTHY, "1 open finding", "1", registry="fabrikam.azurecr.io"))
    opened = visit(product)

    opened.page.get_by_label("Findings", exact=True).select_option("critical")
    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text("team/shop:1.4.2")
    opened.page.get_by_label("Findings", exact=True).select_option("")
    opened.page.get_by_label("Registry").select_option("fabrikam.azurecr.io")
    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text("team/mail:1")
    # Of repositories only those are offered that the registry has.
    assert opened.page.get_by_label("Repository").locator("option").all_inner_texts() == ["all", "team/mail"]
    assert opened.page.url.endswith("#/?registry=fabrikam.azurecr.io")


def test_a_tile_keeps_the_other_filters(visit: Open) -> None:
    opened = visit(full_product(), "#/?repository=team%2Fshop&search=shop")

    opened.page.get_by_role("link", name="2 unhealthy").click()

    expect(opened.rows("Images")).to_have_count(1)
    assert opened.page.url.endswith("#/?repository=team%2Fshop&search=shop&health=unhealthy")


def test_a_filter_of_the_address_is_shown_although_nothing_is_like_that(visit: Open) -> None:
    opened = visit(full_product(), "#/?repository=gone")

    expect(opened.page.get_by_text("No image is like that.")).to_be_visible()
    expect(opened.page.get_by_label("Repository")).to_have_value("gone")


@pytest.mark.parametrize(
    "pasted",
    [f"{REGISTRY}/team/web:5.0.1", f"{REGISTRY}/team/web@{WEB.digest}", f"team/web@{WEB.digest[:19]}", WEB.digest],
)
def test_a_reference_as_one_pastes_it_is_found(visit: Open, pasted: str) -> None:
    opened = visit(full_product())

    opened.page.get_by_label("Search").fill(pasted)

    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text("team/web:5.0.1")


def test_search_takes_every_word_and_announces_how_many_are_left(visit: Open) -> None:
    opened = visit(full_product())

    opened.page.get_by_label("Search").press_sequentially("TEAM alpine")

    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text("team/batch:edge")
    expect(opened.page.get_by_role("status")).to_contain_text("1 of 7 images")


def test_a_search_without_a_match_says_so_and_offers_all(visit: Open) -> None:
    opened = visit(full_product(), "#/?search=nowhere")

    opened.page.get_by_role("link", name="Show all").click()

    expect(opened.rows("Images")).to_have_count(7)


def test_a_tile_filters_by_health(visit: Open) -> None:
    opened = visit(full_product())

    opened.page.get_by_role("link", name="1 unsupported").click()

    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.rows("Images")).to_contain_text("Windows images are not supported")


def test_without_images_the_page_says_how_to_push_one(visit: Open) -> None:
    opened = visit(Product())

    expect(opened.page.get_by_role("heading", name="No image is known yet")).to_be_visible()
    expect(opened.page.locator("pre")).to_contain_text("docker push 127.0.0.1:5055/alpine:3.20")


def test_the_first_image_appears_by_itself(visit: Open) -> None:
    opened = visit(Product())
    expect(opened.page.get_by_role("heading", name="No image is known yet")).to_be_visible()

    opened.product.images = [SHOP]
    opened.refresh()

    expect(opened.rows("Images")).to_have_count(1)


def test_all_pages_of_the_list_are_read_from_the_own_host(visit: Open) -> None:
    product = full_product()
    product.page_size = 3

    opened = visit(product)

    expect(opened.rows("Images")).to_have_count(7)
    assert len([path for path in product.asked if path.startswith("/api/images?")]) == 3


def test_long_lists_are_shown_in_steps(visit: Open) -> None:
    product = Product(images=[image(f"fleet/ship-{number:03}", Health.HEALTHY, "", "1") for number in range(130)])
    opened = visit(product)
    expect(opened.rows("Images")).to_have_count(100)

    opened.page.get_by_role("button", name="Show more (100 of 130 are shown)").click()

    expect(opened.rows("Images")).to_have_count(130)


def test_a_refresh_keeps_focus_scroll_position_and_half_typed_words(visit: Open) -> None:
    product = full_product()
    product.images += [image(f"fleet/ship-{number}", Health.HEALTHY, "", "1") for number in range(60)]
    opened = visit(product)
    page = opened.page
    link = page.get_by_role("link", name="fleet/ship-40:1")
    link.focus()
    before = page.evaluate("window.scrollY")
    assert before > 0

    # The focused image gets another place and another health while somebody reads it.
    worse = msgspec.structs.replace(product.images[-20], health=Health.UNHEALTHY, severities=severities(high=1))
    product.images = [*product.images[:40], worse, *product.images[40:-20], *product.images[-19:]]
    opened.refresh()

    row = opened.rows("Images").filter(has_text=f"{worse.repository}:1")
    expect(row).to_contain_text("unhealthy")
    expect(link).to_be_focused()
    page.get_by_label("Search").press_sequentially("shi")
    product.images[0] = msgspec.structs.replace(SHOP, tags=("ship-shape",))
    opened.refresh()
    expect(opened.rows("Images").first).to_contain_text("team/shop:ship-shape")
    expect(page.get_by_label("Search")).to_be_focused()
    page.get_by_label("Search").press_sequentially("p-sh")
    expect(opened.rows("Images")).to_have_count(1)


def test_a_refresh_leaves_the_page_where_it_is_scrolled(visit: Open) -> None:
    product = Product(images=[image(f"fleet/ship-{number}", Health.HEALTHY, "", "1") for number in range(60)])
    opened = visit(product)
    expect(opened.rows("Images")).to_have_count(60)
    opened.page.evaluate("window.scrollTo(0, 900)")

    product.images = [*product.images[:59], msgspec.structs.replace(product.images[59], reason="changed")]
    opened.refresh()

    expect(opened.rows("Images").last).to_contain_text("changed")
    assert opened.page.evaluate("window.scrollY") == 900


def test_a_running_scan_is_shown_until_it_ends(visit: Open) -> None:
    opened = visit(full_product())
    row = opened.rows("Images").filter(has_text="team/api:2026.11")
    expect(row).to_contain_text("scanning…")
    expect(opened.page.get_by_role("status")).to_contain_text("1 image is being scanned")

    opened.product.images[1] = msgspec.structs.replace(API, scanning=False)
    opened.refresh()

    expect(row).not_to_contain_text("scanning…")


def test_an_api_that_fails_is_reported_and_what_was_read_stays(visit: Open) -> None:
    opened = visit(full_product())
    expect(opened.rows("Images")).to_have_count(7)
    opened.expected = ("503",)

    opened.product.broken = "/api/"
    opened.pass_time()
    expect(opened.page.get_by_role("alert")).to_contain_text("the storage account does not answer")
    expect(opened.rows("Images")).to_have_count(7)

    opened.product.broken = None
    opened.page.get_by_role("button", name="Try again").click()
    expect(opened.page.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize(
    ("route", "told"),
    [
        ("/api/billing", ["charged this month: unavailable"]),
        ("/api/status", ["advisories: unavailable", "dead letters: unavailable"]),
    ],
)
def test_totals_that_cannot_be_had_do_not_keep_the_list_away(visit: Open, route: str, told: list[str]) -> None:
    product = full_product()
    product.broken = route

    opened = visit(product)
    opened.expected = ("503",)

    expect(opened.rows("Images")).to_have_count(7)
    for text in told:
        expect(opened.page.get_by_role("region", name="Totals")).to_contain_text(text)


def test_images_that_are_not_assessed_say_why(visit: Open) -> None:
    row = visit(full_product()).rows("Images").filter(has_text="team/batch:edge")

    expect(row).to_contain_text("not assessed")
    expect(row).to_contain_text(BATCH.reason)
