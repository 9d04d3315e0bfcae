"""Event Grid's rules on what is tried again hold on this machine too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.event_delivery import EventDelivery, NotDelivered
from local.notifications import Notification, Target
from local.registry_events import RegistryEvent, to_registry_event
from local.registry_resource import RegistryResource
from tests.support.ports import free_port
from tests.support.webhook import Webhook

TARGET = Target("app", "sha256:1", "1", "application/vnd.oci.image.manifest.v1+json")
PUSH = Notification("e1", "2026-03-01T10:20:30Z", "push", TARGET)


@pytest.fixture
def event() -> RegistryEvent:
    made = to_registry_event(PUSH, RegistryResource("s", "127.0.0.1:5055"))
    assert made is not None
    return made


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    running = Webhook()
    yield running
    running.close()


def test_an_accepted_event_is_sent_once(webhook: Webhook, event: RegistryEvent, tmp_path: Path) -> None:
    EventDelivery(webhook.url, tmp_path / "kept").deliver(event)
    assert [sent["id"] for sent in webhook.accepted] == ["e1"]
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("status", [400, 403, 413])
def test_some_answers_are_final(webhook: Webhook, event: RegistryEvent, tmp_path: Path, status: int) -> None:
    webhook.answers[:] = [status]
    EventDelivery(webhook.url, tmp_path / "kept").deliver(event)
    assert '"id":"e1"' in (tmp_path / "kept").read_text()


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_other_answers_ask_for_another_attempt(
    webhook: Webhook, event: RegistryEvent, tmp_path: Path, status: int
) -> None:
    webhook.answers[:] = [status]
    delivery = EventDelivery(webhook.url, tmp_path / "kept")
    with pytest.raises(NotDelivered, match=f"the host answered {status}"):
        delivery.deliver(event)
    delivery.deliver(event)
    assert len(webhook.accepted) == 1


def test_an_event_is_given_up_after_thirty_attempts(webhook: Webhook, event: RegistryEvent, tmp_path: Path) -> None:
    webhook.answers[:] = [500] * 30
    delivery = EventDelivery(webhook.url, tmp_path / "kept")
    for _ in range(29):
        with pytest.raises(NotDelivered):
            delivery.deliver(event)
    delivery.deliver(event)
    assert len((tmp_path / "kept").read_text().splitlines()) == 1


def test_while_the_host_is_down_nothing_is_given_up(event: RegistryEvent, tmp_path: Path) -> None:
    delivery = EventDelivery(f"http://127.0.0.1:{free_port()}/", tmp_path / "kept")
    for _ in range(40):
        with pytest.raises(NotDelivered, match="the host does not answer"):
            delivery.deliver(event)
    assert not (tmp_path / "kept").exists()
