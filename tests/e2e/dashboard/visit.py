"""One open window on the dashboard, which notes everything that a reader would never see going wrong."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.e2e.dashboard.product import Product

_REFRESH_MILLISECONDS = 5_500


@dataclass
class Visit:
    """A window. ``expected`` are texts of console errors that a test brings about on purpose."""

    product: Product
    page: Page
    base: str
    expected: tuple[str, ...] = ()
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
        """Let the time pass after which the page reads everything again, and wait until it did."""
        before = len(self.product.asked)
        self.page.clock.run_for(_REFRESH_MILLISECONDS)
        while len(self.product.asked) == before:
            self.page.wait_for_timeout(20)
        self.page.wait_for_load_state("networkidle")

    def rows(self, table: str) -> Locator:
        """Return the rows of a table, without its head."""
        return self.page.get_by_role("table", name=table).locator("> tbody > tr")

    def heading(self, text: str) -> None:
        """Wait for the heading of a page."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def assert_clean(self) -> None:
        """Fail if a script failed, the content security policy was hit, or another host was asked for anything."""
        foreign = [url for url in self.requested if not url.startswith(self.base + "/")]
        assert not foreign
        assert [one for one in self.complaints if not any(text in one for text in self.expected)] == []

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")
