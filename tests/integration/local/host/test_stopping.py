"""Stopping: in good order, and not."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.storage.queue import QueueServiceClient

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import is_running, wait_for
from tests.integration.local.host.test_queues import is_empty, send
from tests.support.azurite import Azurite


def test_sigterm_lets_a_message_under_way_end_and_leaves_nothing_behind(
    launch: Launch, azurite: Azurite, queues: QueueServiceClient, queue_name: str
) -> None:
    with queues.create_queue(queue_name) as own:
        host = launch("queues", {"AzureWebJobsStorage": azurite.connection_string, "QUEUE": queue_name})
        worker = host.worker_pid()
        send(own, "sleep 2")
        host.wait_for_record("sleep 2 1")
        assert host.stop(signal.SIGTERM) == 0
        assert host.recorded() == ["sleep 2 1", "sleep 2 ended"]
        assert is_empty(own)
        assert not is_running(worker)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_lets_a_request_under_way_end(launch: Launch, number: signal.Signals) -> None:
    host = launch("web")
    worker = host.worker_pid()
    with ThreadPoolExecutor(1) as caller:
        slow = caller.submit(host.request, "GET", "/slow")
        host.wait_for_record("slow began")
        os.killpg(host.process.pid, number)
        assert slow.result().data == b"done"
    assert host.process.wait(60) == 0
    assert "starting another" not in host.log
    assert not is_running(worker)


def test_a_message_of_a_killed_host_comes_again_after_its_lease(
    launch: Launch, azurite: Azurite, queues: QueueServiceClient, queue_name: str
) -> None:
    environment = {"AzureWebJobsStorage": azurite.connection_string, "QUEUE": queue_name}
    with queues.create_queue(queue_name) as own:
        killed = launch("queues", environment, None, ("--lease-seconds", "2"))
        worker = killed.worker_pid()
        send(own, "hang")
        killed.wait_for_record("hang 1")
        killed.stop(signal.SIGKILL)
        wait_for(lambda: not is_running(worker), "the worker to end with its host")
        assert not is_empty(own)
        next_host = launch(killed.app, environment, None, ("--lease-seconds", "2"))
        next_host.wait_for_record("hang 2")
        wait_for(lambda: is_empty(own), "the message to be deleted")


def test_a_message_that_outlasts_the_drain_is_given_back_and_not_poisoned(
    launch: Launch, azurite: Azurite, queues: QueueServiceClient, queue_name: str
) -> None:
    environment = {"AzureWebJobsStorage": azurite.connection_string, "QUEUE": queue_name}
    once = {"extensions": {"http": {"routePrefix": ""}, "queues": {"maxDequeueCount": 1}}}
    with queues.create_queue(queue_name) as own:
        host = launch("queues", environment, once, ("--drain-seconds", "1"))
        worker = host.worker_pid()
        send(own, "sleep 60")
        host.wait_for_record("sleep 60 1")
        assert host.stop(signal.SIGTERM) == 0
        assert len(own.peek_messages()) == 1
        assert "the host stopped before the function ended" in host.log
        assert not is_running(worker)


def test_a_signal_while_the_app_loads_ends_the_host_at_once(launch: Launch) -> None:
    host = launch("slow_start")
    host.wait_for_record("loading")
    assert host.stop(signal.SIGTERM) == 0
    assert "listening" not in host.log
