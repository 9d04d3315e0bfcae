"""A proxy in front of a registry that holds the first download of a layer back, so that a test can act meanwhile."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import urllib3


class HoldingProxy:
    """Passes reads on to a registry; the first GET of the path that ``held`` ends with never gets an answer."""

    def __init__(self, upstream: str, held: str) -> None:
        proxy = self
        self.reached = threading.Event()
        self._release = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith(held) and not proxy.reached.is_set():
                    proxy.reached.set()
                    proxy._release.wait()
                    return
                answer = urllib3.request("GET", upstream + self.path, headers=dict(self.headers), timeout=60.0)
                self.send_response(answer.status)
                for name in ("Content-Type", "Docker-Content-Digest"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(answer.data)))
                self.end_headers()
                self.wfile.write(answer.data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
