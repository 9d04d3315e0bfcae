"""Time travel: every question is put as of a chosen time, and nobody can take the past for the present."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import NOW, OLD_SHOP, REGISTRY, RULE_ID, SHOP, full_product, history_of
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_THEN = "2026-11-10T08:30:00.000Z"
_PAST = "The past is shown: everything as the log knew it at 2026-11-10 08:30 UTC."


def with_past() -> Product:
    product = full_product()
    past = full_product()
    past.images = [OLD_SHOP]
    past.history = {OLD_SHOP.digest: history_of(OLD_SHOP)}
    product.as_of = {_THEN: past}
    return product


def travel(opened: Visit) -> None:
    opened.page.get_by_label("As of (UTC)").fill("2026-11-10T08:30")
    opened.page.get_by_role("button", name="Show that time").click()
    expect(opened.page.get_by_text(_PAST)).to_be_visible()


def test_the_list_is_shown_as_it_was_and_back_to_now(visit: Open) -> None:
    opened = visit(with_past())
    expect(opened.rows("Images")).to_have_count(7)

    travel(opened)
    expect(opened.rows("Images")).to_have_count(1)
    expect(opened.page.get_by_text("charged in 2026-11")).to_be_visible()
    expect(opened.page.get_by_text("dead letters")).to_have_count(0)

    opened.page.get_by_role("button", name="Back to now").click()
    expect(opened.rows("Images")).to_have_count(7)
    expect(opened.page.get_by_text("The past is shown")).to_be_hidden()


def test_the_chosen_time_stays_from_page_to_page_and_is_asked_of_everything(visit: Open) -> None:
    opened = visit(with_past())
    expect(opened.rows("Images")).to_have_count(7)
    # What the page asks as it opens is asked of now, and some of it later than the list.
    opened.await_question("/api/plan")
    before = len(opened.product.asked)
    travel(opened)

    for address in ("#/overview", "#/recommendations", "#/billing", "#/rules", "#/find?what=openssl", "#/"):
        opened.page.evaluate("address => { location.hash = address; }", address)
        expect(opened.page.get_by_role("table").first).to_be_visible()
        expect(opened.page.get_by_text(_PAST)).to_be_visible()
    opened.page.reload()
    expect(opened.rows("Images")).to_have_count(1)

    asked = [parse_qs(urlsplit(target).query).get("asOf") for target in opened.product.asked[before:]]
    assert asked
    assert asked == [[_THEN]] * len(asked)


def test_an_image_of_the_past_does_not_tell_what_came_later(visit: Open) -> None:
    opened = visit(with_past(), f"#/image/{REGISTRY}/{OLD_SHOP.digest}")
    opened.expected = ("404",)
    travel(opened)

    expect(opened.rows("Tags")).to_have_count(1)
    assert opened.cells(opened.rows("Tags"))[2:4] == ["still", "–"]
    expect(opened.page.get_by_text("delete it")).to_have_count(0)
    expect(opened.page.get_by_role("link", name="Disable…")).to_have_count(0)


@pytest.mark.parametrize("address", ["#/rules", "#/rules/new", f"#/rules/{RULE_ID}"])
def test_the_past_cannot_be_changed(visit: Open, address: str) -> None:
    product = with_past()
    product.as_of[_THEN].desk = product.desk
    opened = visit(product, address)
    travel(opened)

    expect(opened.page.locator(".loading")).to_have_count(0)
    expect(opened.page.get_by_role("link", name="New rule")).to_have_count(0)
    expect(opened.page.get_by_role("form", name="Rule")).to_have_count(0)
    expect(opened.page.get_by_role("button", name="Take the rule back")).to_have_count(0)


def test_a_time_that_has_not_come_yet_is_now(visit: Open) -> None:
    opened = visit(with_past())

    opened.page.get_by_label("As of (UTC)").fill((NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    opened.page.get_by_role("button", name="Show that time").click()

    expect(opened.page.get_by_label("As of (UTC)")).to_have_value("")
    expect(opened.page.get_by_text("The past is shown")).to_be_hidden()
    assert not [target for target in opened.product.asked if "asOf" in target]


def test_time_travel_works_by_the_keyboard_alone(visit: Open) -> None:
    opened = visit(with_past())
    field = opened.page.get_by_label("As of (UTC)")
    field.focus()
    field.fill("2026-11-10T08:30")
    opened.page.keyboard.press("Enter")

    expect(opened.page.get_by_text(_PAST)).to_be_visible()
    expect(opened.page.get_by_role("heading", level=1)).to_be_focused()
    assert SHOP.digest not in opened.page.locator("main").inner_html()
