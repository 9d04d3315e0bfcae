"""An HTTP server on a free port of 127.0.0.1 that answers as a test tells it to."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

type Answer = Callable[[BaseHTTPRequestHandler], None]


class FeedServer(ThreadingHTTPServer):
    """Answers by path; ``requests`` are the paths that were asked for, with their If-None-Match, ``sent`` bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.sent = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers["If-None-Match"]))
        self.server.answers.get(self.path, status(404))(self)

    def log_message(self, *_: object) -> None:
        pass


def status(code: int, **headers: str) -> Answer:
    """Answer with a status and no content."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def content(body: bytes, etag: str | None = None, *, announced: int | None = None) -> Answer:
    """Answer with content; with an ETag, 304 to whoever has it; ``announced`` may lie about the length."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if etag and handler.headers["If-None-Match"] == etag:
            return status(304, ETag=etag)(handler)
        handler.send_response(200)
        if etag:
            handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(body) if announced is None else announced))
        handler.end_headers()
        # Counted first: whoever has the last byte may look at once.
        handler.server.sent += len(body)  # type: ignore[attr-defined]
        handler.wfile.write(body)
        handler.close_connection = True
        return None

    return answer


def trickle(handler: BaseHTTPRequestHandler) -> None:
    """Answer without an end, a little at a time."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x" * 32 * 1024)
            time.sleep(0.01)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer without an end, byte by byte."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.01)


def in_chunks(body: bytes) -> Answer:
    """Answer with content in chunks (RFC 9112, section 7.1), as a server does that does not know the length yet."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for first in range(0, len(body), 1_000):
            chunk = body[first : first + 1_000]
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


@contextlib.contextmanager
def serve() -> Iterator[FeedServer]:
    """Run a server while the block runs."""
    with FeedServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
