"""A webhook that answers as it is told to, in the place of the Functions host."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

type Event = dict[str, Any]


class Webhook(HTTPServer):
    """Stands for the host: answers what it is told to, and keeps the events that it accepted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _WebhookHandler)
        self.answers: list[int] = []
        self.seen: list[Event] = []
        self.accepted: list[Event] = []
        self.headers: list[str | None] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/runtime/webhooks/EventGrid?functionName=on_registry_event"


class _WebhookHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        webhook = cast(Webhook, self.server)
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = webhook.answers.pop(0) if webhook.answers else 202
        webhook.headers.append(self.headers["aeg-event-type"])
        webhook.seen += events
        webhook.accepted += events if status == 202 else []
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""
