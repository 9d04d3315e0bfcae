"""The dashboard's files, as the product serves them, beside an API of canned answers; on 127.0.0.1 only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import msgspec

from shared.api.dashboard import static_file
from shared.api.errors import ApiError
from tests.e2e.dashboard.product import Product


@contextmanager
def serving(product: Product) -> Iterator[str]:
    """Serve a product; gives its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                self._respond()
            except ApiError as error:
                self._send(error.status, {"Content-Type": "application/json"}, msgspec.json.encode(error.content()))

        def _respond(self) -> None:
            if self.path.startswith("/api/"):
                body = product.answer(self.path, self.headers.get("x-functions-key"))
                self._send(200, {"Content-Type": "application/json"}, msgspec.json.encode(body))
                return
            name = "index.html" if self.path == "/" else self.path.removeprefix("/dashboard/")
            file = static_file(name)
            self._send(200, {**file.headers, "Content-Type": file.media_type}, file.content)

        def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
