"""What the local start asks of the running product: its status, image health, and timers that run at once."""

from collections.abc import Iterator
from urllib.parse import quote

import msgspec
import urllib3

from local.failures import StartFailure

_MOST_PAGES = 100
_ADVISORY_TIMER = "refresh_advisories"
_SIGNALS_TIMER = "refresh_signals"
_RECONCILIATION_TIMER = "reconcile"


class ApiFailure(StartFailure):
    """The product did not answer, or not as agreed."""


class ImageHealth(msgspec.Struct, frozen=True, rename="camel"):
    """One row of ``GET /api/images``, as far as it is shown here."""

    registry: str
    repository: str
    digest: str
    health: str
    tags: list[str] = msgspec.field(default_factory=list)
    platform: str | None = None
    reason: str | None = None
    severities: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Say whether a first scan has come to an end, whatever it found."""
        return not (self.health == "not-assessed" and "not finished" in (self.reason or ""))


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    value: list[ImageHealth]
    next_link: str | None = None


class Api:
    """The product behind one base address such as ``http://127.0.0.1:7071``."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._pool = urllib3.PoolManager(retries=False, timeout=30.0)

    def is_up(self) -> bool:
        """Say whether ``GET /api/status`` answers 200."""
        try:
            return self._send("GET", f"{self.base_url}/api/status").status == 200
        except ApiFailure:
            return False

    def knows_ecosystem(self, ecosystem: str) -> bool:
        """Say whether the status names the advisories of an ecosystem. Raises ApiFailure."""
        return f'"{ecosystem}'.encode() in self._get(f"{self.base_url}/api/status")

    def refresh_advisories(self) -> None:
        """Have the advisory timer run now. Raises ApiFailure."""
        self._run(_ADVISORY_TIMER)

    def refresh_signals(self) -> None:
        """Have the timer of exploit signals run now. Raises ApiFailure."""
        self._run(_SIGNALS_TIMER)

    def reconcile(self) -> None:
        """Have the registry compared with the log now. Raises ApiFailure."""
        self._run(_RECONCILIATION_TIMER)

    def _run(self, timer: str) -> None:
        answer = self._send("POST", f"{self.base_url}/admin/functions/{timer}", body=b'{"input": ""}')
        if answer.status != 202:
            raise ApiFailure(f"the host answered {answer.status} when asked to run {timer}: see its log")

    def images(self, registry: str) -> list[ImageHealth]:
        """Return every image of a registry. Raises ApiFailure."""
        return [image for page in self._pages(registry) for image in page.value]

    def _pages(self, registry: str) -> Iterator[_Page]:
        url: str | None = f"{self.base_url}/api/images?registry={quote(registry, safe='')}"
        for _ in range(_MOST_PAGES):
            if url is None:
                return
            try:
                page = msgspec.json.decode(self._get(url), type=_Page)
            except msgspec.MsgspecError as error:
                raise ApiFailure(f"GET {url} did not answer with a list of images: {error}") from error
            yield page
            url = page.next_link

    def _get(self, url: str) -> bytes:
        answer = self._send("GET", url)
        if answer.status != 200:
            raise ApiFailure(f"GET {url} answered {answer.status}: see the host's log")
        return answer.data

    def _send(self, method: str, url: str, body: bytes | None = None) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            return self._pool.request(method, url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise ApiFailure(f"{method} {url} got no answer: {error}") from error
