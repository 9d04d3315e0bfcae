"""The triggers of reconciliation and discovery, with messages as the queue gives them."""

from __future__ import annotations

from base64 import b64encode

import azure.functions as func
import msgspec
import pytest

from functions import plan, reconciliation
from shared.domain.events import RegistrySwept
from shared.domain.messages import SweepMessage
from shared.eventlog.streams import registry_stream, sweep_stream
from tests.support.examples import REGISTRY
from tests.support.memory_app import MemoryApp
from tests.support.triggers import Tick


def begun(app: MemoryApp) -> SweepMessage:
    reconciliation.reconcile(Tick())
    [message] = app.reconciliations_queue.take()
    assert isinstance(message, SweepMessage)
    return message


@pytest.mark.parametrize("encode", [bytes, b64encode])
def test_a_message_is_read_whether_its_sender_encoded_it_or_not(app: MemoryApp, encode: type[bytes]) -> None:
    app.world.catalog.hold("app", 1, "v1")
    body = encode(msgspec.json.encode(begun(app)))
    reconciliation.sweep_registry(func.QueueMessage(id="m1", body=body))
    assert app.stream().version == 2
    assert app.log.load(sweep_stream(REGISTRY)).version == 1


def test_a_sweep_that_failed_at_every_attempt_is_ended(app: MemoryApp) -> None:
    body = b64encode(msgspec.json.encode(begun(app)))
    reconciliation.on_failed_sweep(func.QueueMessage(id="m1", body=body))
    [swept] = [one.event for one in app.log.load(sweep_stream(REGISTRY)).events]
    assert isinstance(swept, RegistrySwept)
    assert swept.failed == 1


def test_a_sweep_that_goes_on_is_not_begun_a_second_time(app: MemoryApp) -> None:
    first = begun(app)
    app.world.clock.forward(hours=1)
    assert begun(app) == first


def test_where_there_is_no_subscription_to_look_in_discovery_does_nothing(app: MemoryApp) -> None:
    plan.discover_registries(Tick())
    assert app.discoveries.get() is None
    assert app.log.load(registry_stream(REGISTRY)).version == 0
