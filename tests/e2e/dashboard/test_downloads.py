"""Exports of an image, which a browser gets with the function key."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import LEGACY, REGISTRY, SHOP, full_product

_IMAGE = f"#/image/{REGISTRY}/{SHOP.digest}"
_NAME = SHOP.digest.replace(":", "-")
_KEY = "kl8Jf3-secret=="


@pytest.mark.parametrize(
    ("button", "name", "content"),
    [
        ("SBOM (CycloneDX)", f"{_NAME}.cyclonedx.json", f"sbom of {SHOP.digest}"),
        ("SBOM (SPDX)", f"{_NAME}.spdx.json", f"sbom of {SHOP.digest}"),
        ("SARIF", f"{_NAME}.sarif", f"sarif of {SHOP.digest}"),
        ("CSV", f"{_NAME}.csv", f"findings.csv of {SHOP.digest}"),
    ],
)
def test_an_export_is_downloaded_with_the_function_key(visit: Open, button: str, name: str, content: str) -> None:
    product = full_product()
    product.key = _KEY
    opened = visit(product, _IMAGE)
    opened.expected = ("401",)
    dialog = opened.page.get_by_role("dialog", name="Function key")
    dialog.get_by_label("Key", exact=True).fill(_KEY)
    dialog.get_by_role("button", name="Use this key").click()

    with opened.page.expect_download() as downloading:
        opened.page.get_by_role("button", name=button).click()

    assert downloading.value.suggested_filename == name
    assert Path(downloading.value.path()).read_text() == content
    expect(opened.page.get_by_role("status").filter(has_text=f"{name} is downloaded.")).to_be_visible()
    assert not [url for url in opened.requested if "secret" in url]


def test_an_export_that_cannot_be_made_says_why(visit: Open) -> None:
    opened = visit(full_product(), f"#/image/{REGISTRY}/{LEGACY.digest}")
    opened.expected = ("409",)

    opened.page.get_by_role("button", name="SARIF").click()

    expect(opened.page.get_by_text("Nothing was downloaded: no scan of this image ended")).to_be_visible()
