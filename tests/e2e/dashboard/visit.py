"""One open window on the dashboard, which notes everything that a reader would never see going wrong."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.e2e.dashboard.product import Product

_REFRESH_MILLISECONDS = 5_500
_TYPING_MILLISECONDS = 500

expect.set_options(timeout=30_000)


@dataclass
class Visit:
    """A window. ``expected`` are texts of console errors that a test brings about on purpose.

    Time stands still in it until the test lets it pass, unless it has the ``real_time``.
    """

    product: Product
    page: Page
    base: str
    expected: tuple[str, ...] = ()
    real_time: bool = False
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def go(self, address: str) -> None:
        """Open an address of the page."""
        self.page.goto(f"{self.base}/{address}")

    def refresh(self) -> None:
        """Let the page read everything again, and wait until it did."""
        updated = self.page.locator("#freshness")
        expect(updated).to_contain_text("Updated")
        before = updated.inner_text()
        self.pass_time()
        expect(updated).not_to_have_text(before)

    def pass_time(self) -> None:
        """Let the time pass after which the page reads everything again."""
        self.page.clock.run_for(_REFRESH_MILLISECONDS)

    def stop_typing(self) -> None:
        """Let the time pass after which the page asks about what was typed."""
        self.page.clock.run_for(_TYPING_MILLISECONDS)

    def let_time_go_on(self) -> None:
        """Let time pass by itself from here on, for scripts that wait for it."""
        if not self.real_time:
            self.page.clock.resume()

    def until(self, truth: str) -> None:
        """Wait until a JavaScript expression holds; the page's own policy forbids that it waits for it itself."""
        self.await_that(lambda: bool(self.page.evaluate(truth)), truth)

    def await_that(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something is so that the page brings about."""
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, f"never came true: {what}"
            self.page.wait_for_timeout(20)

    def await_question(self, path: str) -> None:
        """Wait until the page asked the API for a path."""
        self.await_that(lambda: any(urlsplit(asked).path == path for asked in self.product.asked), f"asked for {path}")

    def rows(self, table: str) -> Locator:
        """Return the rows of a table, without its head."""
        return self.page.get_by_role("table", name=table).locator("> tbody > tr")

    def cells(self, row: Locator) -> list[str]:
        """Wait for a row and return the text of its cells, each on one line."""
        expect(row).to_be_visible()
        return [" ".join(text.split()) for text in row.locator("> th, > td").all_inner_texts()]

    def facts(self, within: Locator) -> dict[str, str]:
        """Return a visible list of facts: each term with what is said of it."""
        found = within.locator(".fact-list > div")
        expect(found.first).to_be_visible()
        terms, contents = found.locator("dt").all_inner_texts(), found.locator("dd").all_inner_texts()
        return {term: " ".join(text.split()) for term, text in zip(terms, contents, strict=True)}

    def heading(self, text: str) -> None:
        """Wait for a page with its heading, and for all of it: a link that moves while it is pressed is not clicked."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)
        expect(self.page.locator("#content .loading")).to_have_count(0)

    def assert_clean(self) -> None:
        """Fail if a script failed, the content security policy was hit, or another host was asked for anything."""
        own = self.base + "/", f"blob:{self.base}/"
        foreign = [url for url in self.requested if not url.startswith(own)]
        assert not foreign
        assert [one for one in self.complaints if not any(text in one for text in self.expected)] == []

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")
