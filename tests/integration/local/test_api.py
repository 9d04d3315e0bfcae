"""What the local start makes of the answers of the product."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import cast

import pytest

from local.api import Api, ApiFailure
from tests.support.ports import free_port

IMAGE = {"registry": "127.0.0.1:5055", "repository": "app", "digest": "sha256:1", "health": "healthy", "reason": None}


class Product(HTTPServer):
    """Answers every address with what was put there, else 404."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ProductHandler)
        self.pages: dict[str, tuple[int, object]] = {}
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _ProductHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, content = cast(Product, self.server).pages.get(self.path, (404, {}))
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""


@pytest.fixture
def product() -> Iterator[Product]:
    running = Product()
    yield running
    running.shutdown()
    running.server_close()


def test_the_product_is_up_when_its_status_answers_200(product: Product) -> None:
    api = Api(product.url)
    assert not api.is_up()
    product.pages["/api/status"] = (503, {})
    assert not api.is_up()
    product.pages["/api/status"] = (200, {})
    assert api.is_up()


def test_a_product_that_does_not_listen_is_not_up() -> None:
    assert not Api(f"http://127.0.0.1:{free_port()}").is_up()


def test_images_are_read_from_all_pages(product: Product) -> None:
    more = f"{product.url}/api/images?skipToken=2"
    product.pages["/api/images?registry=127.0.0.1%3A5055"] = (200, {"value": [IMAGE], "nextLink": more})
    product.pages["/api/images?skipToken=2"] = (200, {"value": [IMAGE | {"digest": "sha256:2"}], "nextLink": None})
    assert [image.digest for image in Api(product.url).images("127.0.0.1:5055")] == ["sha256:1", "sha256:2"]


@pytest.mark.parametrize(
    ("health", "reason", "finished"),
    [
        ("healthy", None, True),
        ("not-assessed", "scan not finished", False),
        ("not-assessed", "no advisories for Alpine v3.20", True),
    ],
)
def test_a_scan_is_finished_once_something_is_said_of_the_image(
    product: Product, health: str, reason: str | None, finished: bool
) -> None:
    page = {"value": [IMAGE | {"health": health, "reason": reason}]}
    product.pages["/api/images?registry=r"] = (200, page)
    (image,) = Api(product.url).images("r")
    assert image.finished is finished


@pytest.mark.parametrize("answer", [(500, {}), (200, []), (200, {"value": [{"digest": 1}]})])
def test_an_answer_that_is_not_as_agreed_is_a_failure(product: Product, answer: tuple[int, object]) -> None:
    product.pages["/api/images?registry=r"] = answer
    with pytest.raises(ApiFailure, match="/api/images"):
        Api(product.url).images("r")


def test_an_ecosystem_is_known_once_the_status_names_it(product: Product) -> None:
    product.pages["/api/status"] = (200, {"advisories": {"feeds": [{"ecosystem": "plimsoll-sample"}]}})
    assert Api(product.url).knows_ecosystem("plimsoll-sample")
    assert not Api(product.url).knows_ecosystem("Debian")


def test_a_host_that_refuses_to_run_the_timer_is_a_failure(product: Product) -> None:
    product.pages["/admin/functions/refresh_advisories"] = (202, {})
    Api(product.url).refresh_advisories()
    product.pages["/admin/functions/refresh_signals"] = (202, {})
    Api(product.url).refresh_signals()
    product.pages["/admin/functions/reconcile"] = (202, {})
    Api(product.url).reconcile()
    product.pages.clear()
    with pytest.raises(ApiFailure, match="answered 404"):
        Api(product.url).refresh_advisories()
