"""A real browser for the dashboard. It is started anew for each module: its event loop must not outlive it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.dashboard.fleet import NOW
from tests.e2e.dashboard.page_server import serving
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_MILLISECONDS = 30_000

type Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser, or else Playwright's own."""
    # None is the browser that Playwright installs for itself; without that one too, it says what to install.
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS), timeout=120_000)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open the dashboard of a product in a window of its own; afterwards nothing may have gone wrong unnoticed."""
    with ExitStack() as opened:

        def open_page(product: Product, address: str = "#/", scheme: str = "light", width: int = 1400) -> Visit:
            base = opened.enter_context(serving(product))
            context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
            opened.callback(context.close)
            context.set_default_timeout(_MILLISECONDS)
            page = context.new_page()
            # Time stands still until a test lets it pass: no refresh comes in between, however slow the machine is.
            page.clock.install(time=NOW - timedelta(seconds=1))
            page.clock.pause_at(NOW)
            visited = Visit(product, page, base)
            opened.callback(visited.assert_clean)
            visited.go(address)
            return visited

        yield open_page


@pytest.fixture
def pictures() -> Path:
    """Return the folder for screenshots."""
    folder = Path(__file__).resolve().parents[3] / "test-output" / "dashboard"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
