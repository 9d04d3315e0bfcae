"""Pictures of the main pages for the documentation: `docs/screenshots` has those that somebody looked at."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from shared.domain.image_health import Health
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import REGISTRY, SHOP, full_product, image, trend_of

_PAGES = {
    "overview": "#/overview",
    "status": "#/status",
    "images": "#/",
    "image": f"#/image/{REGISTRY}/{SHOP.digest}",
    "rule": f"#/rules/new?packages=openssl&registry={REGISTRY}&repository=team/shop",
}
_HEIGHTS = {"overview": 900, "status": 900}
_MOST_BYTES = 150_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", _PAGES)
def test_a_picture_of_a_page_is_small(visit: Open, pictures: Path, name: str, scheme: str) -> None:
    product = full_product()
    product.images.append(image("team/mail", Health.HEALTHY, "", "2.1", registry="fabrikam.azurecr.io"))
    product.trend = trend_of(product.images)
    opened = visit(product, _PAGES[name], scheme=scheme)
    opened.page.set_viewport_size({"width": 1180, "height": _HEIGHTS.get(name, 760)})
    opened.stop_typing()
    expect(opened.page.get_by_role("table").first).to_be_visible()
    # Charts are drawn after the tables.
    expect(opened.page.locator("trend-chart canvas")).to_have_count(2 if name == "overview" else 0)
    expect(opened.page.locator(".loading")).to_have_count(0)
    folder = pictures / "documentation"
    folder.mkdir(exist_ok=True)

    picture = opened.page.screenshot(path=folder / f"{name}-{scheme}.png")

    assert len(picture) < _MOST_BYTES
