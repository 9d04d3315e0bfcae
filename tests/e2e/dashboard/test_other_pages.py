"""Recommendations, billing, rules, and addresses that lead nowhere."""

from playwright.sync_api import expect

from shared.domain.recommendations import LeftOut
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import RULE_ID, SHOP, full_product
from tests.e2e.dashboard.product import Product


def test_pages_are_reached_from_the_navigation_which_marks_the_current_one(visit: Open) -> None:
    opened = visit(full_product())
    navigation = opened.page.get_by_role("navigation", name="Pages")

    for name in ("Overview", "Find", "Recommendations", "Billing", "Rules", "Status", "Images"):
        navigation.get_by_role("link", name=name).click()
        opened.heading(name)
        expect(opened.page.get_by_role("heading", level=1)).to_be_focused()
        expect(navigation.locator("[aria-current=page]")).to_have_text(name)


def test_recommendations_lead_to_the_images_that_need_them(visit: Open) -> None:
    opened = visit(full_product(), "#/recommendations")
    row = opened.rows("Upgrades")
    advice = (
        "upgrade openssl 1.2.0-1 -> 1.2.3-1: 2 findings in 1 image Upgrade openssl from 1.2.0-1 to 1.2.3-1 or later"
    )
    assert opened.cells(row) == ["critical", "openssl Debian", "2", "1.2.2-1 1.2.3-1", advice, "1 image"]

    row.get_by_text("1 image", exact=True).click()
    expect(row).to_contain_text("contoso.azurecr.io")
    expect(row).to_contain_text("installed 1.2.0-1 · 2 findings · pulled")
    row.get_by_role("link", name="team/shop:1.4.2").click()

    opened.heading("team/shop:1.4.2")


def test_a_newer_base_image_is_told_with_what_it_closes(visit: Open) -> None:
    opened = visit(full_product(), "#/recommendations")

    row = opened.rows("Base images")
    expect(row).to_contain_text("layers 1-3")
    expect(row).to_contain_text("rebuild on base/debian:12 as it is now")
    summary = "Azure registry container images should have vulnerabilities resolved"
    expect(opened.page.get_by_text(summary)).to_be_visible()


def test_a_recommendation_says_how_many_of_its_findings_are_exploited(visit: Open) -> None:
    opened = visit(full_product(), "#/recommendations")

    badge = opened.rows("No fix yet").locator(".exploited")
    expect(badge).to_have_text("1 exploited")
    expect(badge).to_have_attribute("title", "1 known to be exploited; the highest EPSS score is 0.64")
    expect(opened.rows("Upgrades").locator(".exploited")).to_have_count(0)


def test_what_nothing_is_recommended_for_is_told_and_is_no_all_clear(visit: Open) -> None:
    opened = visit(Product(passed_over=LeftOut(3, ("gone.azurecr.io",))), "#/recommendations")

    told = "Left out, as their registries were removed: 3 unhealthy images of gone.azurecr.io."
    expect(opened.page.locator("main .notice")).to_have_text([told])


def test_recommendations_can_be_narrowed_down_to_a_repository(visit: Open) -> None:
    opened = visit(full_product(), "#/recommendations")

    opened.page.get_by_label("Repository").fill("team/mail")
    opened.page.get_by_label("Repository").press("Enter")
    expect(opened.page.get_by_text("There is nothing to do here: no such image is unhealthy.")).to_be_visible()
    assert opened.page.url.endswith("#/recommendations?repository=team%2Fmail")

    opened.page.get_by_label("Repository").fill("team/shop")
    opened.page.get_by_label("Repository").press("Enter")
    expect(opened.rows("Upgrades").first).to_be_visible()


def test_without_unhealthy_images_there_is_nothing_to_do(visit: Open) -> None:
    opened = visit(Product(), "#/recommendations")

    expect(opened.page.get_by_text("There is nothing to do: no image is unhealthy.")).to_be_visible()


def test_the_statement_names_each_charge_and_its_event(visit: Open) -> None:
    opened = visit(full_product(), "#/billing")

    expect(opened.page.get_by_text("1 image charged in 2026-11.")).to_be_visible()
    row = opened.rows("Charges")
    image = f"{SHOP.repository} {SHOP.digest[:19]}"
    assert opened.cells(row) == ["2026-11-20 10:00 UTC", image, "contoso.azurecr.io", "event-17"]


def test_another_month_can_be_chosen(visit: Open) -> None:
    opened = visit(full_product(), "#/billing")
    expect(opened.rows("Charges")).to_have_count(1)

    opened.page.get_by_label("Month").fill("2026-10")

    expect(opened.page.get_by_text("0 images charged in 2026-10.")).to_be_visible()
    expect(opened.rows("Charges")).to_have_count(0)
    assert opened.page.url.endswith("#/billing?month=2026-10")


def test_rules_are_listed_with_criteria_scope_and_state(visit: Open) -> None:
    opened = visit(full_product(), "#/rules")

    assert opened.cells(opened.rows("Rules")) == [
        "active",
        RULE_ID,
        "CVE-2026-3001; severity below medium",
        "contoso.azurecr.io / team/shop",
        "tar is never run in this image",
        "ada@contoso.example",
        "2026-11-13 10:00 UTC",
        "never",
    ]


def test_without_rules_the_page_says_so(visit: Open) -> None:
    expect(visit(Product(), "#/rules").page.get_by_text("No finding is disabled by a rule.")).to_be_visible()


def test_an_unknown_address_leads_back_to_the_images(visit: Open) -> None:
    opened = visit(full_product(), "#/%E0%A4%A")
    opened.heading("Not found")

    opened.page.get_by_role("link", name="Show all images").click()

    opened.heading("Images")
