"""Queue triggers and outputs, against Azurite."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from azure.storage.queue import QueueClient, QueueServiceClient

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import Hosting, wait_for
from tests.support.azurite import Azurite

_QUEUES = {"batchSize": 4, "newBatchThreshold": 2, "maxDequeueCount": 3, "visibilityTimeout": "00:00:00"}
_HOST = {"extensions": {"http": {"routePrefix": ""}, "queues": _QUEUES}}


@pytest.fixture(scope="module")
def name() -> str:
    return "trigger"


@pytest.fixture(scope="module")
def queue(queues: QueueServiceClient, name: str) -> Iterator[QueueClient]:
    for suffix in ("", "-in"):
        queues.create_queue(name + suffix)
    with queues.get_queue_client(name) as client:
        yield client


@pytest.fixture(scope="module")
def host(launch: Launch, azurite: Azurite, queue: QueueClient, name: str) -> Hosting:
    environment = {"AzureWebJobsStorage": azurite.connection_string, "QUEUE": name}
    running = launch("queues", environment, _HOST, ("--lease-seconds", "4"))
    running.url()
    return running


def send(queue: QueueClient, text: str) -> None:
    queue.send_message(base64.b64encode(text.encode()).decode())


def poisoned(queues: QueueServiceClient, name: str) -> list[str]:
    with queues.get_queue_client(f"{name}-poison") as poison:
        return [message.content for message in poison.peek_messages(32)] if _exists(queues, f"{name}-poison") else []


def is_empty(queue: QueueClient) -> bool:
    return queue.get_queue_properties().approximate_message_count == 0


def _exists(queues: QueueServiceClient, name: str) -> bool:
    return any(found.name == name for found in queues.list_queues(name_starts_with=name))


def test_a_message_is_handled_once_and_deleted(host: Hosting, queue: QueueClient) -> None:
    send(queue, "describe this")
    host.wait_for_record("describe this 1", "True True True")
    wait_for(lambda: is_empty(queue), "the message to be deleted")


def test_a_function_that_raises_is_tried_again_and_its_message_then_poisoned(
    host: Hosting, queue: QueueClient, queues: QueueServiceClient, name: str
) -> None:
    send(queue, "raise 1")
    wanted = base64.b64encode(b"raise 1").decode()
    wait_for(lambda: wanted in poisoned(queues, name), "the poison message")
    assert [line for line in host.recorded() if line.startswith("raise 1")] == ["raise 1 1", "raise 1 2", "raise 1 3"]
    wait_for(lambda: is_empty(queue), "the message to be deleted")


def test_a_message_that_kills_the_worker_is_poisoned_and_the_host_goes_on(
    host: Hosting, queue: QueueClient, queues: QueueServiceClient, name: str
) -> None:
    before = host.worker_pid()
    send(queue, "exit 1")
    wanted = base64.b64encode(b"exit 1").decode()
    wait_for(lambda: wanted in poisoned(queues, name), "the poison message")
    assert [line for line in host.recorded() if line.startswith("exit 1")] == ["exit 1 1", "exit 1 2", "exit 1 3"]
    assert host.worker_pid() != before


def test_a_message_that_takes_longer_than_its_lease_is_renewed_and_handled_once(
    host: Hosting, queue: QueueClient
) -> None:
    send(queue, "sleep 5")
    host.wait_for_record("sleep 5 ended")
    wait_for(lambda: is_empty(queue), "the message to be deleted")
    assert [line for line in host.recorded() if line.startswith("sleep 5")] == ["sleep 5 1", "sleep 5 ended"]


def test_a_message_that_is_not_base64_is_poisoned_untried(
    host: Hosting, queue: QueueClient, queues: QueueServiceClient, name: str
) -> None:
    queue.send_message("{not base64}")
    wait_for(lambda: "{not base64}" in poisoned(queues, name), "the poison message")
    assert not [line for line in host.recorded() if "not base64" in line]


def test_an_output_creates_its_queue_and_a_list_becomes_one_message_for_each_element(
    host: Hosting, queues: QueueServiceClient, name: str
) -> None:
    with queues.get_queue_client(f"{name}-in") as incoming:
        send(incoming, '["one", {"two": 2}]')
    host.wait_for_record("received one")
    wait_for(lambda: any('"two": 2' in line for line in host.recorded()), "the second message")


def test_a_message_that_takes_longer_than_the_function_timeout_is_tried_again_after_the_visibility_timeout(
    launch: Launch, azurite: Azurite, queues: QueueServiceClient, queue_name: str
) -> None:
    settings = {
        "functionTimeout": "00:00:01",
        "extensions": {"queues": {"visibilityTimeout": "00:00:02", "maxDequeueCount": 2}},
    }
    with queues.create_queue(queue_name) as own:
        send(own, "sleep 60")
        host = launch("queues", {"AzureWebJobsStorage": azurite.connection_string, "QUEUE": queue_name}, settings)
        host.wait_for_record("sleep 60 1")
        host.wait_for_record("sleep 60 2")
        wait_for(lambda: poisoned(queues, queue_name), "the poison message")
        wait_for(lambda: is_empty(own), "the message to be deleted")
        first, second = ends_of_workers(host)
        assert second - first >= timedelta(seconds=2 + 1)


def ends_of_workers(host: Hosting) -> list[datetime]:
    """Return when the host ended a worker whose function took too long, as its log says."""
    lines = [line for line in host.log.splitlines() if "longer than functionTimeout (1 s)" in line]
    times = [datetime.strptime(line.partition(" ")[0], "%H:%M:%S.%f%z") for line in lines]
    # The log says no day: a time that is earlier than the one before is of the next.
    return [time + timedelta(days=time < times[0]) for time in times]
