"""The function key: asked for once, kept for the tab, never part of an address."""

from playwright.sync_api import Route, expect

from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import full_product
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_KEY = "kl8Jf3-secret=="


def locked() -> Product:
    product = full_product()
    product.key = _KEY
    return product


def enter(opened: Visit, key: str) -> None:
    dialog = opened.page.get_by_role("dialog", name="Function key")
    dialog.get_by_label("Key", exact=True).fill(key)
    dialog.get_by_role("button", name="Use this key").click()


def test_the_key_is_asked_for_once_and_kept_for_the_tab(visit: Open) -> None:
    opened = visit(locked())
    opened.expected = ("401",)
    expect(opened.page.get_by_role("dialog", name="Function key")).to_be_visible()
    expect(opened.page.get_by_label("Key", exact=True)).to_be_focused()

    enter(opened, _KEY)
    expect(opened.rows("Images")).to_have_count(7)

    opened.page.reload()
    expect(opened.rows("Images")).to_have_count(7)
    expect(opened.page.get_by_role("dialog")).to_be_hidden()
    assert not [url for url in [*opened.requested, opened.page.url] if "secret" in url]
    assert opened.page.evaluate("localStorage.length") == 0


def test_a_wrong_key_is_asked_for_again(visit: Open) -> None:
    opened = visit(locked())
    opened.expected = ("401",)

    enter(opened, "wrong")
    expect(opened.page.get_by_text("This key was not accepted.")).to_be_visible()
    enter(opened, _KEY)

    expect(opened.rows("Images")).to_have_count(7)


def test_without_a_key_the_page_stops_asking_until_it_is_told_to(visit: Open) -> None:
    opened = visit(locked())
    opened.expected = ("401",)

    # The list, the bill and the status.
    opened.await_that(lambda: sum("401" in one for one in opened.complaints) == 3, "three answers without a key")
    opened.page.get_by_role("button", name="Cancel").click()
    expect(opened.page.get_by_role("alert").filter(has_text="The API asks for a key.")).to_be_visible()
    asked = len(opened.product.asked)
    opened.pass_time()
    opened.pass_time()
    expect(opened.page.get_by_role("dialog")).to_be_hidden()
    assert len(opened.product.asked) == asked

    opened.page.get_by_role("button", name="Try again").click()
    enter(opened, _KEY)
    expect(opened.rows("Images")).to_have_count(7)


def test_an_answer_that_comes_after_the_dialog_was_closed_does_not_open_it_again(visit: Open) -> None:
    opened = visit(full_product())
    expect(opened.rows("Images")).to_have_count(7)
    opened.expected = ("401",)
    held: list[Route] = []
    opened.page.route("**/api/**", lambda question: held.append(question))
    opened.page.reload(wait_until="commit")
    opened.await_that(lambda: len(held) >= 2, "two questions at once")

    held.pop().fulfill(status=401)
    opened.page.get_by_role("button", name="Cancel").click()
    for late in held:
        late.fulfill(status=401)

    expect(opened.page.get_by_role("alert").filter(has_text="The API asks for a key.")).to_be_visible()
    opened.await_that(lambda: sum("401" in one for one in opened.complaints) >= len(held) + 1, "all answers")
    expect(opened.page.get_by_role("dialog")).to_be_hidden()


def test_the_key_can_be_forgotten(visit: Open) -> None:
    opened = visit(locked())
    opened.expected = ("401",)
    enter(opened, _KEY)
    expect(opened.rows("Images")).to_have_count(7)

    opened.page.get_by_role("button", name="Forget the key").click()

    expect(opened.page.get_by_role("dialog", name="Function key")).to_be_visible()
    assert opened.page.evaluate("sessionStorage.length") == 0
