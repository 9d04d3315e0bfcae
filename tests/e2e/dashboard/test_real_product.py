"""The dashboard of the whole product on one machine: real storage, a real registry, a real push, a real browser.

Nothing is reloaded here: whatever changes must show by itself.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local.images.image import Image, build_image
from local.images.layers import build_layer
from local.images.push import push
from local.samples.images import DISTRIBUTION
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.test_accessibility import violations
from tests.e2e.dashboard.visit import Visit
from tests.support.local_start import LocalStart
from tests.support.made_images import STATUS, dpkg_status

_MILLISECONDS = 120_000  # scans share two cores with everything else
_ELSEWHERE = ("REGISTRIES", "AzureWebJobsStorage", "OSV_EXTRA_BASES", "SUBSCRIPTION_ID", "SUPPORT_MATRIX")


def one_flaw() -> Image:
    """Make an image with one finding, of a package that one of the sample advisories is about."""
    release = f"ID={DISTRIBUTION}\nVERSION_ID=1\n".encode()
    packages = dpkg_status({"bilgepump": "2.5-1"})
    return build_image([build_layer({"etc/os-release": release, STATUS: packages})], format="docker")


@pytest.fixture
def started(tmp_path: Path) -> Iterator[LocalStart]:
    no_feeds = tmp_path / "no-feeds"
    no_feeds.mkdir()
    settings = dict.fromkeys(_ELSEWHERE, "") | {"OSV_BASE": str(no_feeds)}
    with LocalStart(tmp_path, [sys.executable, "-m", "local"], settings) as start:
        start.run().await_output("Images: 6")
        yield start


@pytest.fixture
def opened(browser: Browser, started: LocalStart) -> Iterator[Visit]:
    """Open the start page of the product."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(_MILLISECONDS)
    expect.set_options(timeout=_MILLISECONDS)
    visited = Visit(Product(), context.new_page(), f"http://127.0.0.1:{started.port}", real_time=True)
    visited.go("#/")
    yield visited
    expect.set_options(timeout=30_000)
    context.close()
    visited.assert_clean()


def test_a_push_appears_by_itself_is_followed_down_to_its_finding_and_turns_by_a_rule(
    started: LocalStart, opened: Visit, pictures: Path
) -> None:
    expect(opened.rows("Images")).to_have_count(6)
    push(f"http://127.0.0.1:{started.registry_port}", "team/ship", one_flaw(), "1")
    row = opened.rows("Images").filter(has_text="team/ship:1")
    expect(row).to_contain_text("1 open finding of severity low or above")

    follow_down(started, opened, pictures)
    disable_the_finding(opened)

    opened.page.get_by_role("link", name="Images", exact=True).click()
    expect(row.locator(".badge")).to_have_text("healthy")
    row.get_by_role("link", name="team/ship:1").click()
    expect(opened.page.get_by_text("1 disabled finding")).to_be_visible()
    expect(opened.page.get_by_text("being scanned")).to_have_count(0)
    see_the_state_of_the_service(opened, pictures)


def follow_down(started: LocalStart, opened: Visit, pictures: Path) -> None:
    """Go from everything down to the image, with a trend on the way."""
    page = opened.page
    page.get_by_role("link", name="Overview").click()
    opened.heading("Overview")
    page.get_by_role("link", name=f"127.0.0.1:{started.registry_port}").click()
    opened.heading(f"127.0.0.1:{started.registry_port}")
    expect(opened.rows("Repositories")).to_have_count(5)
    expect(page.locator("trend-chart canvas")).to_have_count(2)
    # The last point of the trend is what the list says now.
    expect(page.get_by_role("list", name="Images by health at")).to_contain_text("3 unhealthy")
    page.screenshot(path=pictures / "real-registry.png", full_page=True)
    assert violations(opened) == []
    page.get_by_role("link", name="team/ship").click()
    opened.heading("team/ship")
    opened.rows("Images").get_by_role("link", name="team/ship:1").click()
    opened.heading("team/ship:1")
    expect(opened.rows("Open findings")).to_have_count(1)


def disable_the_finding(opened: Visit) -> None:
    """Write a rule, starting at the finding."""
    opened.rows("Open findings").get_by_role("link", name="Disable…").click()
    opened.heading("New rule")
    preview = opened.page.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("Would hide 1 finding in 1 image and turn 1 image healthy.")
    opened.page.get_by_label("Reason").fill("the pump is never switched on")
    opened.page.get_by_role("button", name="Make the rule").click()
    opened.heading("Rule")


def see_the_state_of_the_service(opened: Visit, pictures: Path) -> None:
    """Look at the status, which tells the feed of the samples."""
    opened.page.get_by_role("link", name="Status").click()
    expect(opened.rows("Advisory feeds").filter(has_text=DISTRIBUTION)).to_contain_text("read")
    expect(opened.rows("Queues").filter(has_text="scans-poison")).to_contain_text("0")
    opened.page.screenshot(path=pictures / "real-status.png", full_page=True)
    assert violations(opened) == []
