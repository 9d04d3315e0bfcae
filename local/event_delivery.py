"""Delivery of registry events to the host's webhook, with Event Grid's rules on what is tried again.

Rules: https://learn.microsoft.com/azure/event-grid/delivery-and-retry (30 s to answer, 30 attempts, no second attempt
after 400, 403 and 413). What is given up is kept in a file, as Event Grid keeps it where dead-lettering is set up.
"""

import logging
from collections import Counter
from pathlib import Path

import msgspec
import urllib3

from local.registry_events import RegistryEvent

_ANSWER_SECONDS = 30.0
_MOST_ATTEMPTS = 30
_FINAL = frozenset({400, 403, 413})
_HEADERS = {"aeg-event-type": "Notification", "Content-Type": "application/json"}
_LOG = logging.getLogger(__name__)


class NotDelivered(Exception):
    """The host has not taken an event; it must be sent again."""


class EventDelivery:
    """Sends events to one webhook, one at a time."""

    def __init__(self, webhook: str, undelivered: Path) -> None:
        self._webhook = webhook
        self._undelivered = undelivered
        self._attempts: Counter[str] = Counter()
        self._pool = urllib3.PoolManager(retries=False, timeout=_ANSWER_SECONDS)

    def deliver(self, event: RegistryEvent) -> None:
        """Return once the host has accepted the event, or the event is given up and kept aside.

        Raises NotDelivered if it should be sent again. Only answers of the host count as attempts: while it is
        down nothing is given up.
        """
        body = msgspec.json.encode([event])
        try:
            status = self._pool.request("POST", self._webhook, body=body, headers=_HEADERS).status
        except urllib3.exceptions.HTTPError as error:
            raise NotDelivered(f"the host does not answer: {error}") from error
        if 200 <= status < 300:
            del self._attempts[event.id]
            return
        self._attempts[event.id] += 1
        if status in _FINAL or self._attempts[event.id] >= _MOST_ATTEMPTS:
            self._give_up(event, status)
            return
        raise NotDelivered(f"the host answered {status} to {event.event_type} of {event.subject}")

    def _give_up(self, event: RegistryEvent, status: int) -> None:
        attempts = self._attempts.pop(event.id)
        _LOG.error(
            "gave up %s of %r after %d attempt(s), the last answered %d: see the host's log; the event is kept in %s",
            event.event_type,
            event.subject,
            attempts,
            status,
            self._undelivered,
        )
        with self._undelivered.open("ab") as file:
            file.write(msgspec.json.encode(event) + b"\n")
