"""What stands in for Azure between the registry and the product: notifications in, events and log records out."""

import logging
from typing import Protocol

from azure.core.exceptions import AzureError

from local.event_delivery import NotDelivered
from local.notifications import InvalidNotification, Notification, parse_notifications
from local.pull_records import PullRecord, to_pull_record
from local.registry_events import RegistryEvent, to_registry_event
from local.registry_resource import RegistryResource

_LOG = logging.getLogger(__name__)


class Delivery(Protocol):
    """Takes events; raises NotDelivered for one that must be sent again."""

    def deliver(self, event: RegistryEvent) -> None:
        """Deliver one event."""


class Log(Protocol):
    """Takes records of pulls; raises AzureError when it cannot."""

    def append(self, record: PullRecord) -> None:
        """Write one record."""


class RegistryRelay:
    """Passes on what the registry tells, in its order."""

    def __init__(self, registry: RegistryResource, delivery: Delivery, log: Log) -> None:
        self._registry = registry
        self._delivery = delivery
        self._log = log

    def receive(self, body: bytes) -> None:
        """Pass on every notification of an envelope.

        Raises NotDelivered if the registry should send the envelope again; what was passed on already is then
        passed on twice, with the same ids.
        """
        try:
            notifications = parse_notifications(body)
        except InvalidNotification as error:
            # The registry repeats what is not acknowledged for ever, and nothing behind it would get through.
            _LOG.error("ignored a notification of the registry: %s", error)
            return
        for notification in notifications:
            self._pass_on(notification)

    def _pass_on(self, notification: Notification) -> None:
        if event := to_registry_event(notification, self._registry):
            self._delivery.deliver(event)
        if record := to_pull_record(notification, self._registry):
            try:
                self._log.append(record)
            except AzureError as error:
                raise NotDelivered(f"the log of pulls cannot be written: {error}") from error
