"""``python -m local`` with a small HTTP server in the place of the Functions host and the product.

The server accepts every event and says of each pushed image that it is healthy, once the exploit signals were asked
for. Started with ``--serve PORT`` it is that server; otherwise the arguments are those of ``python -m local``.
STAND_IN=deaf makes a server that does not stop when asked to and is given ten minutes for it, STAND_IN=without-timer
one that knows no advisory timer.
"""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from local.__main__ import main
from local.stack import GRACE_SECONDS

_REFRESHED: list[str] = []
_ASKED: set[str] = set()
_TARGETS: dict[str, dict[str, Any]] = {}


class Product(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/api/status"):
            self._answer(200, {"feeds": [{"ecosystem": ecosystem} for ecosystem in _REFRESHED]})
        elif self.path.startswith("/api/images") and "/admin/functions/refresh_signals" in _ASKED:
            self._answer(200, {"value": [_health(target) for target in _TARGETS.values()]})
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if os.environ.get("STAND_IN") == "without-timer":
            self._answer(404, {})
            return
        if self.path == "/admin/functions/refresh_advisories":
            _REFRESHED.extend(Path(os.environ["OSV_EXTRA_BASES"], "ecosystems.txt").read_text().split())
        elif self.path.startswith("/runtime/"):
            _note_events(json.loads(body))
        _ASKED.add(self.path)
        self._answer(202, {})

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _note_events(events: list[dict[str, Any]]) -> None:
    for event in events:
        target = cast(dict[str, Any], event["data"]["target"])
        _TARGETS[target["digest"]] = target


def _health(target: dict[str, Any]) -> dict[str, Any]:
    return {
        "registry": os.environ["REGISTRIES"].removeprefix("http://"),
        "repository": target["repository"],
        "digest": target["digest"],
        "tags": [target["tag"]] if "tag" in target else [],
        "platform": "linux/amd64",
        "health": "healthy",
        "severities": {},
    }


def _serve_command(port: int) -> list[str]:
    return [sys.executable, __file__, "--serve", str(port)]


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        if os.environ.get("STAND_IN") == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Product).serve_forever()
    else:
        if os.environ.get("STAND_IN") == "deaf":
            GRACE_SECONDS["host"] = 600.0
        sys.exit(main(sys.argv[1:], _serve_command))
