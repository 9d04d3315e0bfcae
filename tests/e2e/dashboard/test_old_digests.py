"""Tags that moved on: an old image with its advice, the biography of a tag, and the comparison of two images."""

from playwright.sync_api import expect

from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import OLD_SHOP, REGISTRY, SHOP, full_product, history_of
from tests.e2e.dashboard.product import Product

_IMAGE = f"#/image/{REGISTRY}/{SHOP.digest}"


def with_old_image() -> Product:
    product = full_product()
    product.images.append(OLD_SHOP)
    product.history[OLD_SHOP.digest] = history_of(OLD_SHOP)
    return product


def test_an_image_whose_tag_moved_on_is_to_be_deleted(visit: Open) -> None:
    opened = visit(with_old_image(), f"#/image/{REGISTRY}/{OLD_SHOP.digest}")

    expect(opened.page.get_by_text("team/shop was `latest` until 2026-11-19")).to_contain_text("delete it")
    assert opened.cells(opened.rows("Tags")) == [
        "team/shop:latest contoso.azurecr.io",
        "2026-11-02 10:00 UTC",
        "2026-11-19 10:00 UTC",
        SHOP.digest[:19],
        "–",
    ]


def test_an_image_that_has_its_tag_is_compared_with_the_one_before(visit: Open) -> None:
    opened = visit(full_product(), _IMAGE)
    expect(opened.page.get_by_text("delete it")).to_have_count(0)

    opened.page.get_by_role("link", name=f"compare with {OLD_SHOP.digest[:19]}").click()

    opened.heading("Comparison")
    expect(opened.page.get_by_text("1 finding fixed, 3 new, 1 unchanged.")).to_be_visible()
    expect(opened.rows("Fixed")).to_contain_text("CVE-2025-7001")
    expect(opened.rows("New")).to_have_count(3)
    expect(opened.rows("Unchanged")).to_be_hidden()
    opened.page.get_by_text("1 unchanged finding").click()
    expect(opened.rows("Unchanged")).to_contain_text("CVE-2026-1002")


def test_a_comparison_with_an_image_that_is_not_wholly_known_says_so(visit: Open) -> None:
    product = full_product()
    product.left_open = "no advisories for npm"

    opened = visit(product, f"#/compare/{REGISTRY}/{SHOP.digest}/{OLD_SHOP.digest}")

    expect(opened.page.get_by_text("what is shown as fixed may not be: no advisories for npm")).to_be_visible()
    expect(opened.page.get_by_text("what is shown as new may not be")).to_have_count(0)


def test_the_biography_of_a_tag_names_each_image(visit: Open) -> None:
    opened = visit(full_product(), _IMAGE)
    opened.heading("team/shop:1.4.2")
    opened.page.get_by_role("link", name="team/shop:latest").click()
    opened.heading("team/shop:latest")

    expect(opened.rows("Images that it named")).to_have_count(2)
    newest, oldest = (opened.cells(row) for row in opened.rows("Images that it named").all())
    assert newest[:4] == [SHOP.digest[:19], "unhealthy", "2026-11-19 10:00 UTC", "still"]
    assert newest[6] == f"compare with {OLD_SHOP.digest[:19]}"
    assert oldest[2:4] == ["2026-11-02 10:00 UTC", "2026-11-19 10:00 UTC"]
    assert oldest[5].startswith("was `latest` until 2026-11-19")


def test_a_tag_that_nobody_knows_says_so(visit: Open) -> None:
    opened = visit(Product(), f"#/tag/{REGISTRY}/team%2Fshop/none")

    expect(opened.page.get_by_text("This tag never named an image that is known.")).to_be_visible()
