"""The dashboard for everybody: the rules of axe-core, the keyboard, and both colour schemes."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from shared.domain.plan import Plan
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import NOW, OLD_SHOP, REGISTRY, RULE_ID, SHOP, full_product, watched
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_PAGES = {
    "overview": "#/overview",
    "registry": f"#/overview/{REGISTRY}",
    "repository": f"#/overview/{REGISTRY}/team%2Fshop",
    "images": "#/",
    "image": f"#/image/{REGISTRY}/{SHOP.digest}",
    "tag": f"#/tag/{REGISTRY}/team%2Fshop/latest",
    "comparison": f"#/compare/{REGISTRY}/{SHOP.digest}/{OLD_SHOP.digest}",
    "find": "#/find?what=openssl",
    "recommendations": "#/recommendations",
    "billing": "#/billing",
    "status": "#/status",
    "rules": "#/rules",
    "rule": f"#/rules/{RULE_ID}",
    "new-rule": "#/rules/new?cves=CVE-2026-1001",
}
_NARROW, _WIDE = 390, 1400


def violations(opened: Visit) -> list[str]:
    opened.let_time_go_on()
    found = Axe().run(opened.page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def ready(opened: Visit) -> None:
    opened.stop_typing()
    expect(opened.page.locator(".loading")).to_have_count(0)
    expect(opened.page.get_by_role("table").first).to_be_visible()
    for summary in opened.page.locator("details > summary").all():
        if summary.is_visible():
            summary.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", _PAGES)
def test_a_page_breaks_no_rule_of_accessibility(visit: Open, pictures: Path, name: str, scheme: str) -> None:
    opened = visit(full_product(), _PAGES[name], scheme=scheme, width=_WIDE)
    opened.stop_typing()
    expect(opened.page.get_by_role("table").first).to_be_visible()
    expect(opened.page.locator(".loading")).to_have_count(0)
    opened.page.screenshot(path=pictures / f"{name}-{scheme}.png", full_page=True)

    ready(opened)

    assert violations(opened) == []


@pytest.mark.parametrize("name", _PAGES)
def test_a_narrow_window_shows_everything_without_scrolling_sideways(visit: Open, pictures: Path, name: str) -> None:
    opened = visit(full_product(), _PAGES[name], width=_NARROW)
    ready(opened)

    opened.page.screenshot(path=pictures / f"{name}-narrow.png", full_page=True)

    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(opened) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_empty_state_and_the_key_dialog_break_none_either(visit: Open, pictures: Path, scheme: str) -> None:
    empty = visit(Product(), scheme=scheme)
    expect(empty.page.get_by_role("heading", name="No image is known yet")).to_be_visible()
    empty.page.screenshot(path=pictures / f"empty-{scheme}.png")
    assert violations(empty) == []
    empty.go("#/overview")
    expect(empty.page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(empty.page.get_by_role("heading", name="No image is known yet")).to_be_visible()
    assert violations(empty) == []

    locked = visit(Product(key="secret"), scheme=scheme)
    locked.expected = ("401",)
    expect(locked.page.get_by_role("dialog")).to_be_visible()
    locked.page.screenshot(path=pictures / f"key-{scheme}.png")
    assert violations(locked) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_banner_of_the_past_breaks_none_either(visit: Open, pictures: Path, scheme: str) -> None:
    product = full_product()
    opened = visit(product, scheme=scheme)
    opened.page.get_by_label("As of (UTC)").fill("2026-11-10T08:30")
    opened.page.get_by_role("button", name="Show that time").click()
    expect(opened.page.get_by_role("region", name="The past is shown")).to_be_visible()
    ready(opened)

    opened.page.screenshot(path=pictures / f"past-{scheme}.png")

    assert violations(opened) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_plan_that_is_off_and_its_dialog_break_none_either(visit: Open, pictures: Path, scheme: str) -> None:
    product = full_product()
    product.plans.plan = Plan(False, NOW, "the budget is spent", "ada@contoso.example")
    product.registries.append(watched("b.azurecr.io", state="failed", reason="no event subscription", reconciling=True))
    opened = visit(product, "#/status", scheme=scheme)
    expect(opened.page.get_by_role("region", name="The plan is off")).to_be_visible()
    opened.page.screenshot(path=pictures / f"plan-off-{scheme}.png")
    assert violations(opened) == []

    opened.page.get_by_role("button", name="Turn the plan on…").click()
    expect(opened.page.get_by_role("dialog", name="Turn the plan on?")).to_be_visible()
    opened.page.screenshot(path=pictures / f"plan-dialog-{scheme}.png")
    assert violations(opened) == []


def test_the_first_tab_stop_skips_to_the_content(visit: Open) -> None:
    opened = visit(full_product())
    expect(opened.rows("Images")).to_have_count(7)

    opened.page.keyboard.press("Tab")
    expect(opened.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("main")).to_be_focused()
    opened.page.keyboard.press("Tab")

    expect(opened.page.get_by_role("link", name="2 unhealthy")).to_be_focused()
    opened.heading("Images")


def test_an_image_is_reached_by_the_keyboard_alone(visit: Open) -> None:
    opened = visit(full_product(), "#/?health=unsupported")
    expect(opened.rows("Images")).to_have_count(1)
    opened.page.get_by_label("Search").focus()

    opened.page.keyboard.press("Tab")  # the table, which scrolls where it is too wide
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")

    opened.heading("legacy/reports:ltsc2022")


def test_health_and_severity_have_a_word_and_a_shape_besides_colour(visit: Open) -> None:
    opened = visit(full_product())

    badges = opened.page.locator("tbody .badge")

    expect(badges).to_have_count(7)
    shapes = {badge.inner_text(): badge.locator("svg").inner_html() for badge in badges.all()}
    assert set(shapes) == {"unhealthy", "not assessed", "unsupported", "healthy"}
    assert len(set(shapes.values())) == 4
