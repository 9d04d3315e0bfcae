"""The HTTP server that docker-registry notifies."""

import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from local.event_delivery import NotDelivered
from local.ports import LOOPBACK

_MOST_BYTES = 8 << 20
_SILENT_SECONDS = 10
_MEDIA_TYPE_PREFIX = "application/vnd.docker.distribution.events."
_LOG = logging.getLogger(__name__)

type Receive = Callable[[bytes], None]


class NotificationListener:
    """Answers the registry 200 only after ``receive`` has returned, and 503 when it raises NotDelivered.

    One request is handled at a time, so that the order of the registry is kept.
    """

    def __init__(self, receive: Receive) -> None:
        self._server = _Server((LOOPBACK, 0), _Handler)
        self._server.receive = receive
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def url(self) -> str:
        """The address to notify."""
        return f"http://{LOOPBACK}:{self._server.server_port}/notifications"

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port; a request being handled is finished first."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Server(HTTPServer):
    receive: Receive


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENT_SECONDS
    server: _Server

    def do_POST(self) -> None:
        self._answer(self._handle())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        _LOG.debug(format, *arguments)

    def _handle(self) -> HTTPStatus:
        # A web page can make a browser post here, but not with this type.
        if not self.headers.get("Content-Type", "").startswith(_MEDIA_TYPE_PREFIX):
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.LENGTH_REQUIRED
        if int(length) > _MOST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            self.server.receive(self.rfile.read(int(length)))
        except NotDelivered as error:
            _LOG.warning("the registry will notify again: %s", error)
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
