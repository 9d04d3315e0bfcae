"""Asking the running product over HTTP, as a client, a registry and Event Grid would."""

from typing import Any

import urllib3

from local.azurite import connection_string
from local.images.image import build_image
from local.images.push import push
from local.options import AzuritePorts
from shared.storage.account import StorageAccount
from tests.support.local_start import LocalStart
from tests.support.made_images import debian_layer

type Json = dict[str, Any]
WEBHOOK = "/runtime/webhooks/EventGrid?functionName=on_registry_event"


class Api:
    """Asks the running product."""

    def __init__(self, start: LocalStart) -> None:
        self.start = start
        self.registry = f"127.0.0.1:{start.registry_port}"

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Send a request to a path or a whole URL; return the status and the JSON body, or None."""
        url = path if path.startswith("http") else f"http://127.0.0.1:{self.start.port}{path}"
        answer = urllib3.request(method, url, json=body, headers=headers or {}, timeout=240.0, retries=False)
        return answer.status, (answer.json() if answer.data else None)

    def get(self, path: str) -> Any:
        """Return the JSON body of an answer that must be 200."""
        status, body = self.ask("GET", path)
        assert status == 200, body
        return body

    def deliver(self, *events: Json) -> int:
        """Deliver events as Event Grid does; return the status."""
        status, _ = self.ask("POST", WEBHOOK, list(events), {"aeg-event-type": "Notification"})
        return status

    def put_message(self, queue: str, text: str) -> None:
        """Write a message as it is, as Event Grid does."""
        self.get("/api/status")  # which makes every queue that is not there yet
        ports = AzuritePorts(*map(int, self.start.azurite_ports.split(",")))
        account = StorageAccount(connection_string(ports))
        account.queues.get_queue_client(queue).send_message(text)

    def shop(self) -> Json:
        """Return the unhealthy sample."""
        images: list[Json] = self.get("/api/images?repository=samples%2Fshop&health=unhealthy")["value"]
        (found,) = images
        return found

    def path_of(self, image: Json) -> str:
        """Return the path of an image of a list."""
        return f"/api/images/{image['registry']}/{image['digest']}"

    def push(self, repository: str, packages: dict[str, str]) -> str:
        """Push an image with Debian packages under the tag 1; return its digest."""
        return push(f"http://{self.registry}", repository, build_image([debian_layer(packages)]), "1")

    def await_health(self, digest: str, health: str) -> Json:
        """Wait until an image has a health, and return the image."""
        path = f"/api/images/{self.registry}/{digest}"
        self.start.await_that(lambda: (self.ask("GET", path)[1] or {}).get("health") == health)
        return dict(self.get(path))
