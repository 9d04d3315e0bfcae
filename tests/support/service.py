"""The whole service behind its triggers, over a real storage account and registry, without a Functions host.

Queues are worked off by hand, with the rules of the real host: a message is deleted after success only, comes again
after an error, and goes to the poison queue after five attempts.
"""

from __future__ import annotations

import json
import uuid
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from local.images.image import Image, ImageIndex
from local.images.push import push
from shared.bootstrap import App
from shared.domain.events import RecordedEvent, RegistrySwept
from shared.domain.image_health import ImageHealth
from shared.domain.messages import Hint, ScanMessage, SweepMessage
from shared.domain.references import ImageId
from shared.eventlog.streams import image_stream, sweep_stream
from shared.services.query_images import ImageFilter
from shared.services.receive_event import ReceivedEvent
from shared.settings import Settings

TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/"
    "Microsoft.ContainerRegistry/registries/local"
)
_ATTEMPTS = 5
# Longer than any test: a message that is worked on shows up for nobody else, however slow the machine is.
_HIDDEN_SECONDS = 3600


@dataclass
class Service:
    """One service with its own storage account; ``host`` is the registry that it watches."""

    connection_string: str
    host: str
    osv: Path
    cache: Path
    changes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = Settings(
            storage_connection=self.connection_string,
            registries=(f"http://{self.host}",),
            osv_base=str(self.osv),
            osv_ecosystems=("Debian",),
            cache_dir=str(self.cache),
        )
        self.app = App(msgspec.structs.replace(settings, **self.changes))

    def push(self, repository: str, content: Image | ImageIndex, tag: str | None = None) -> str:
        """Push to the registry, without telling the service; return the digest."""
        return push(f"http://{self.host}", repository, content, tag)

    def pushed(self, repository: str, content: Image | ImageIndex, tag: str | None = "latest", **about: Any) -> str:
        """Push to the registry and deliver the event; return the digest."""
        digest = self.push(repository, content, tag)
        self.deliver(self.push_event(repository, digest, content.media_type, tag, **about))
        return digest

    def push_event(
        self,
        repository: str,
        digest: str,
        media_type: str,
        tag: str | None = "latest",
        *,
        event_id: str | None = None,
        at: datetime | None = None,
    ) -> ReceivedEvent:
        """Make the event that Azure sends for a push."""
        target = {"mediaType": media_type, "digest": digest, "repository": repository, "tag": tag, "size": 1}
        return self._event("ImagePushed", "push", target, event_id, at)

    def delete_event(self, repository: str, digest: str, *, at: datetime | None = None) -> ReceivedEvent:
        """Make the event that Azure sends for a deletion."""
        return self._event("ImageDeleted", "delete", {"digest": digest, "repository": repository}, None, at)

    def deliver(self, event: ReceivedEvent) -> None:
        """Deliver an event to the trigger's service."""
        self.app.receive_event(event)

    def reconcile(self) -> RegistrySwept:
        """Compare the registry with the log, do all that follows, and return what the sweep says of itself."""
        self.app.start_sweeps()
        while self._work_off(
            "reconciliations",
            lambda body, attempt: self.app.sweep_registry(msgspec.json.decode(body, type=SweepMessage)),
        ):
            pass
        self.drain()
        swept = self.app.log.load(sweep_stream(self.host)).events[-1].event
        assert isinstance(swept, RegistrySwept)
        return swept

    def drain(self) -> None:
        """Work off the queues until nothing is visible any more."""
        while self._scan_once() or self._project_once() or self._walk_once():
            pass

    def image(self, digest: str) -> ImageHealth:
        """Return an image as the list shows it."""
        return self.app.query_images.one(ImageId(self.host, digest), None).health

    def images(self) -> list[ImageHealth]:
        """Return all images as the list shows them."""
        return [answer.health for answer in self.app.query_images.images_matching(ImageFilter(), None)]

    def event_types(self, digest: str) -> list[str]:
        """Return the names of an image's events, oldest first."""
        return [type(one.event).__name__ for one in self.history(digest)]

    def history(self, digest: str) -> Sequence[RecordedEvent]:
        """Return an image's events, oldest first."""
        return self.app.log.load(image_stream(ImageId(self.host, digest))).events

    def months(self) -> list[str]:
        """Return the months that anything was charged in: two where a test began in one and ends in the next."""
        return sorted({month for month, _ in self.app.generations.live().billing.entries()})

    def charges(self) -> list[str]:
        """Return the digests on all bills."""
        return [charge.digest for month in self.months() for charge in self.app.query_billing.charges(month, None)]

    def _event(
        self, name: str, action: str, target: dict[str, Any], event_id: str | None, at: datetime | None
    ) -> ReceivedEvent:
        event_id = event_id or str(uuid.uuid4())
        timestamp = (at or datetime.now(UTC)).isoformat()
        content = {"id": event_id, "timestamp": timestamp, "action": action, "target": target}
        content["request"] = {"id": event_id, "host": self.host, "method": "PUT", "useragent": "test"}
        body = json.loads(json.dumps(content))
        return ReceivedEvent(event_id, f"Microsoft.ContainerRegistry.{name}", TOPIC, body, None)

    def _scan_once(self) -> bool:
        return self._work_off("scans", self._scan)

    def _project_once(self) -> bool:
        return self._work_off(
            "projections", lambda body, attempt: self.app.project(msgspec.json.decode(body, type=Hint))
        )

    def _walk_once(self) -> bool:
        return self._work_off("walks", lambda body, attempt: self.app.work_walks(body))

    def _scan(self, body: bytes, attempt: int) -> None:
        message = msgspec.json.decode(body, type=ScanMessage)
        if attempt > _ATTEMPTS:
            self.app.run_scan.give_up(message)
        else:
            self.app.run_scan(message, last_attempt=attempt == _ATTEMPTS)

    def _work_off(self, name: str, work: Any) -> bool:
        client = self.app.account.queues.get_queue_client(name)
        if not _exists(client):
            return False
        message = client.receive_message(visibility_timeout=_HIDDEN_SECONDS)
        if message is None:
            return False
        try:
            work(b64decode(message.content), int(message.dequeue_count or 1))
        except Exception:
            if int(message.dequeue_count or 1) > _ATTEMPTS:
                raise
            client.update_message(message, visibility_timeout=0)
        else:
            client.delete_message(message)
        return True


def _exists(client: Any) -> bool:
    from azure.core.exceptions import ResourceNotFoundError

    try:
        client.get_queue_properties()
    except ResourceNotFoundError:
        return False
    return True
