"""The plan: while it is off every page says so, and who may can turn it off and on."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Route, expect

from shared.api.plan import plan_body
from shared.domain.plan import Plan
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import NOW, REGISTRY, SHOP, full_product
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_OFF = Plan(False, NOW - timedelta(days=2), "budget <b>spent</b>", "ada@contoso.example")
_THEN = "2026-11-10T08:30:00.000Z"


def turned_off() -> Product:
    product = full_product()
    product.plans.plan = _OFF
    return product


def banner(opened: Visit) -> Locator:
    return opened.page.get_by_role("region", name="The plan is off")


@pytest.mark.parametrize("address", ["#/", "#/overview", "#/find", f"#/image/{REGISTRY}/{SHOP.digest}", "#/billing"])
def test_while_the_plan_is_off_a_page_says_so(visit: Open, address: str) -> None:
    opened = visit(turned_off(), address)

    expect(banner(opened)).to_have_text(
        "The plan is off since 2026-11-20 10:00 UTC: nothing is scanned; what is shown may be out of date. "
        "Reason: budget <b>spent</b>"
    )


def test_the_banner_comes_and_goes_with_the_plan(visit: Open) -> None:
    opened = visit(full_product())
    expect(opened.rows("Images")).to_have_count(7)
    expect(banner(opened)).to_be_hidden()

    opened.product.plans.plan = _OFF
    opened.page.clock.fast_forward(61_000)
    expect(banner(opened)).to_be_visible()

    opened.product.plans.plan = Plan()
    opened.page.clock.fast_forward(61_000)
    expect(banner(opened)).to_be_hidden()


def test_the_plan_of_the_past_is_the_one_then(visit: Open) -> None:
    product = full_product()
    product.as_of = {_THEN: turned_off()}
    opened = visit(product, "#/status")
    expect(opened.page.get_by_role("button", name="Turn the plan off…")).to_be_visible()

    opened.page.get_by_label("As of (UTC)").fill("2026-11-10T08:30")
    opened.page.get_by_role("button", name="Show that time").click()

    expect(banner(opened)).to_contain_text("The plan was off then, since")
    expect(opened.page.get_by_text("off: nothing is scanned or charged")).to_be_visible()
    expect(opened.page.get_by_role("button", name="Turn the plan on…")).to_have_count(0)
    opened.page.get_by_role("button", name="Back to now").click()
    expect(banner(opened)).to_be_hidden()


def test_the_plan_is_turned_off_with_a_reason_and_on_again_by_the_keyboard(visit: Open) -> None:
    opened = visit(full_product(), "#/status")
    page = opened.page
    page.get_by_role("button", name="Turn the plan off…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Turn the plan off?")).to_contain_text("no gate passes")
    expect(page.get_by_label("Say why")).to_be_focused()
    page.keyboard.type("the budget is spent")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The plan is off: nothing is scanned.")).to_be_visible()
    expect(banner(opened)).to_contain_text("Reason: the budget is spent")
    expect(page.get_by_role("region", name="In short")).to_contain_text("the plan is off since 2026-11-22 10:00 UTC")
    expect(page.get_by_role("button", name="Turn the plan on…")).to_be_focused()

    page.keyboard.press("Enter")
    page.get_by_label("Say why").fill("there is money again")
    page.get_by_role("button", name="Turn it on").click()
    expect(banner(opened)).to_be_hidden()
    assert opened.product.plans.plan.reason == "there is money again"


def test_an_answer_from_before_the_plan_was_turned_off_does_not_take_the_banner_away(visit: Open) -> None:
    opened = visit(full_product(), "#/status")
    opened.await_question("/api/plan")
    questions: list[Route] = []

    def hold_the_second(question: Route) -> None:
        questions.append(question)
        if len(questions) != 2:
            question.continue_()

    opened.page.route("**/api/plan", hold_the_second)
    opened.page.clock.fast_forward(61_000)
    # The page of the status asks for itself first, and then the banner does.
    opened.await_that(lambda: len(questions) == 2, "another question for the plan")

    opened.page.get_by_role("button", name="Turn the plan off…").click()
    opened.page.get_by_label("Say why").fill("the budget is spent")
    opened.page.get_by_role("button", name="Turn it off").click()
    expect(banner(opened)).to_be_visible()
    questions[1].fulfill(json=plan_body(Plan()))
    opened.refresh()

    expect(banner(opened)).to_be_visible()


def test_without_a_reason_or_when_cancelled_nothing_is_changed(visit: Open) -> None:
    opened = visit(full_product(), "#/status")
    dialog = opened.page.get_by_role("dialog", name="Turn the plan off?")
    opened.page.get_by_role("button", name="Turn the plan off…").click()
    for reason in ("", "  "):
        dialog.get_by_label("Say why").fill(reason)
        dialog.get_by_role("button", name="Turn it off").click()
        expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Cancel").click()

    expect(dialog).to_be_hidden()
    assert opened.product.plans.plan == Plan()


def test_who_may_not_turn_the_plan_off_is_told(visit: Open) -> None:
    product = full_product()
    product.plans.readonly = True
    opened = visit(product, "#/status")
    opened.expected = ("403",)
    opened.page.get_by_role("button", name="Turn the plan off…").click()
    opened.page.get_by_label("Say why").fill("the budget is spent")
    opened.page.get_by_role("button", name="Turn it off").click()

    said = opened.page.get_by_role("alert").filter(has_text="Security Admin")
    expect(said).to_contain_text("You may read but not turn the plan on or off")
    expect(said).to_contain_text("Nothing was changed.")
    expect(banner(opened)).to_be_hidden()
