"""An Event Grid topic on 127.0.0.1: takes CloudEvents with its key, as the service does, and keeps them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

KEY = "topic-key"
_BATCH = "application/cloudevents-batch+json"
_MOST_BYTES = 1_000_000


class EventTopic(ThreadingHTTPServer):
    """``answers`` are the next statuses; afterwards 200. ``lost`` answers are given after the events were taken."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.lost = 0
        self.requests: list[list[dict[str, Any]]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def endpoint(self) -> str:
        """The address, as the setting NOTIFICATION_TOPIC_ENDPOINT has it."""
        return f"http://127.0.0.1:{self.server_port}/api/events"

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events that were taken."""
        return [event for events in self.requests for event in events]

    def close(self) -> None:
        """Stop."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        topic = cast(EventTopic, self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = topic.answers.pop(0) if topic.answers else self._judge(body)
        if status == 200:
            topic.requests.append(json.loads(body))
            if topic.lost:
                topic.lost -= 1
                status = 503
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _judge(self, body: bytes) -> int:
        if self.headers["aeg-sas-key"] != KEY or not self.path.startswith("/api/events?api-version="):
            return 401
        if len(body) > _MOST_BYTES:
            return 413
        wanted = {"specversion", "id", "source", "type"}
        valid = self.headers["Content-Type"].startswith(_BATCH) and all(wanted <= set(one) for one in json.loads(body))
        return 200 if valid else 400

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""
