"""Finding images by a CVE, a package and its version, a name or a digest."""

import msgspec
import pytest
from playwright.sync_api import expect

from shared.domain.image_health import JudgedFinding
from shared.domain.severity import Severity
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import API, BATCH, BROKEN, SHOP, WEB, finding, full_product
from tests.e2e.dashboard.product import Product


def product() -> Product:
    """Return a product in which a second image has one of the flaws of the first, and many of its own."""
    made = full_product()
    shared = JudgedFinding(finding("CVE-2026-1002", "openssl", Severity.HIGH, "1.2.2-1"), None)
    own = [JudgedFinding(finding(f"CVE-2026-5{n:03}", "curl", Severity.MEDIUM, None), None) for n in range(8)]
    made.findings[API.digest] = (shared, *own)
    return made


def named(visit: Open, what: str) -> list[str]:
    opened = visit(product(), "#/find")
    opened.page.get_by_label("CVE, package or image").fill(what)
    opened.page.get_by_role("button", name="Find").click()
    expect(opened.page.get_by_role("status")).to_contain_text("found")
    return opened.rows("Images found").locator("th a").all_inner_texts()


SHOP_NAME, API_NAME, WEB_NAME = "team/shop:1.4.2", "team/api:2026.11", "team/web:5.0.1"


@pytest.mark.parametrize(
    ("what", "images"),
    [
        ("CVE-2026-1002", [SHOP_NAME, API_NAME]),
        ("cve-2026-1001", [SHOP_NAME]),
        ("GHSA-2026-1001", [SHOP_NAME]),
        ("openssl", [SHOP_NAME, API_NAME]),
        ("OpenSSL 1.2.0-1", [SHOP_NAME, API_NAME]),
        ("curl@1.2.0-1", [API_NAME]),
        ("curl==1.2.0-1", [API_NAME]),
        ("curl 1.2.0-2", []),
        ("team/web", [WEB_NAME]),
        (WEB.digest, [WEB_NAME]),
        (WEB.digest[:19], [WEB_NAME]),
        (f"{WEB.registry}/{WEB_NAME}", [WEB_NAME]),
        (f"{WEB.registry}/team/web@{WEB.digest}", [WEB_NAME]),
        ("nothing-at-all", []),
    ],
)
def test_images_are_found_by_what_they_have_and_what_they_are_called(visit: Open, what: str, images: list[str]) -> None:
    assert named(visit, what) == images


def test_each_image_shows_what_was_found_in_it_and_leads_to_all_of_it(visit: Open) -> None:
    opened = visit(product(), "#/find?what=CVE-2026-1002")
    row = opened.rows("Images found").first
    assert opened.cells(row)[2] == "high CVE-2026-1002 openssl 1.2.0-1, fixed in 1.2.2-1"

    row.get_by_role("link", name=SHOP_NAME).click()

    opened.heading(SHOP_NAME)


def test_of_many_findings_the_first_are_shown_and_the_others_counted(visit: Open) -> None:
    opened = visit(product(), "#/find?what=curl")
    expect(opened.rows("Images found").locator("td li")).to_have_count(6)
    expect(opened.rows("Images found")).to_contain_text("and 3 more")


def test_a_disabled_finding_says_so(visit: Open) -> None:
    opened = visit(product(), "#/find?what=tar")
    expect(opened.rows("Images found")).to_contain_text("tar 1.2.0-1, no fix yet, disabled by a rule")


def test_images_that_could_not_be_searched_are_told_of(visit: Open) -> None:
    made = product()
    made.unreadable = [(WEB, "the report of the last scan cannot be read")]
    opened = visit(made, "#/find?what=nothing-at-all")
    expect(opened.page.get_by_text("No image is known to have “nothing-at-all”.")).to_be_visible()
    expect(opened.page.get_by_text("3 images may have more: not assessed, or unreadable.")).to_be_visible()
    assert {image.digest for image in made.images if image.health == "not-assessed"} == {BATCH.digest, BROKEN.digest}


def test_an_answer_that_was_cut_off_says_so(visit: Open) -> None:
    made = product()
    made.page_size = 7
    opened = visit(made, "#/find?what=curl")
    expect(opened.page.get_by_text("There is more than is listed: say more exactly what to find.")).to_be_visible()


def test_by_the_keyboard_alone_something_is_found_and_found_again_by_its_address(visit: Open) -> None:
    opened = visit(product(), "#/find")
    box = opened.page.get_by_label("CVE, package or image")
    box.focus()
    opened.page.keyboard.type("CVE-2026-1001")
    opened.page.keyboard.press("Enter")
    expect(opened.rows("Images found")).to_have_count(1)
    expect(box).to_have_value("CVE-2026-1001")
    assert opened.page.url.endswith("#/find?what=CVE-2026-1001")

    box.fill("team/web")
    opened.page.keyboard.press("Enter")
    expect(opened.rows("Images found")).to_contain_text(WEB_NAME)
    opened.page.go_back()
    expect(opened.rows("Images found")).to_contain_text(SHOP_NAME)
    expect(box).to_have_value("CVE-2026-1001")


def test_a_refresh_shows_what_came_and_leaves_the_box_alone(visit: Open) -> None:
    opened = visit(product(), "#/find?what=CVE-2026-2001")
    expect(opened.rows("Images found")).to_have_count(1)
    box = opened.page.get_by_label("CVE, package or image")
    box.fill("half a wor")

    opened.product.findings[WEB.digest] = opened.product.findings[SHOP.digest]
    opened.product.images[-1] = msgspec.structs.replace(WEB, scanning=True)
    opened.refresh()

    expect(opened.rows("Images found")).to_have_count(2)
    expect(box).to_have_value("half a wor")


def test_without_a_question_nothing_is_asked(visit: Open) -> None:
    opened = visit(product(), "#/find")
    expect(opened.page.get_by_text("By a CVE or alias, a package, a name or a digest.")).to_be_visible()
    assert [path for path in opened.product.asked if path != "/api/plan"] == []
