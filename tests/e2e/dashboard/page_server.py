"""The dashboard's files, as the product serves them, beside an API of canned answers; on 127.0.0.1 only."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import msgspec

from shared.api.dashboard import static_file
from shared.api.errors import ApiError
from tests.e2e.dashboard.product import Attachment, Product

_JSON = {"Content-Type": "application/json"}


def quiet_about(error: BaseException | None) -> bool:
    """Say whether an error is only that the browser went away before it had its answer."""
    return isinstance(error, BrokenPipeError)


class _Server(ThreadingHTTPServer):
    """A server that knows its product."""

    def __init__(self, product: Product) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.product = product

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of an error that is worth it."""
        if not quiet_about(sys.exception()):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
        pass

    def _answer(self) -> None:
        try:
            if self.path.startswith("/api/"):
                self._ask_product()
            else:
                self._send_file("index.html" if self.path == "/" else self.path.removeprefix("/dashboard/"))
        except ApiError as error:
            self._send(error.status, _JSON, msgspec.json.encode(error.content()))

    def _ask_product(self) -> None:
        product = cast(_Server, self.server).product
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = product.answer(self.path, self.headers.get("x-functions-key"), self.command, sent)
        if isinstance(body, Attachment):
            self._send(200, body.headers, body.content)
        else:
            self._send(200, _JSON, msgspec.json.encode(body))

    def _send_file(self, name: str) -> None:
        file = static_file(name)
        self._send(200, {**file.headers, "Content-Type": file.media_type}, file.content)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(product: Product) -> Iterator[str]:
    """Serve a product; gives its base URL."""
    server = _Server(product)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
