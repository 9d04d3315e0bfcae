"""``python -m local`` starts everything, survives what it should, and leaves nothing behind.

A small HTTP server stands in for the product (stand_in.py); Azurite and docker-registry are the real ones.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from azure.storage.queue import QueueClient

from local.azurite import connection_string
from local.options import parse
from tests.support.local_start import LocalStart, is_running

STAND_IN = Path(__file__).with_name("stand_in.py")
UP = "Plimsoll runs."


@pytest.fixture
def start(tmp_path: Path) -> Iterator[LocalStart]:
    # No setting of the machine that runs the tests: the defaults are what is tested.
    settings = dict.fromkeys(("REGISTRIES", "AzureWebJobsStorage", "OSV_EXTRA_BASES", "SUBSCRIPTION_ID"), "")
    with LocalStart(tmp_path, [sys.executable, str(STAND_IN)], settings) as prepared:
        yield prepared


def pid_of(start: LocalStart, part: str) -> int:
    (pid,) = (pid for pid, command in start.descendants().items() if part in command)
    return pid


def queue(start: LocalStart) -> QueueClient:
    ports = parse(start.arguments, {}).azurite_ports
    return QueueClient.from_connection_string(connection_string(ports), "kept")


def test_the_first_start_shows_every_sample_and_the_next_one_finds_everything_again(start: LocalStart) -> None:
    first = start.run().await_output("Images: 6")
    assert f"http://127.0.0.1:{start.port}/" in first
    assert f"docker push 127.0.0.1:{start.registry_port}/" in first
    assert "samples/shop:1.0  linux/amd64  healthy" in first
    with queue(start) as kept:
        kept.create_queue()
    assert start.signal(signal.SIGINT) == 0

    second = start.run().await_output(UP)
    with queue(start) as kept:
        assert kept.get_queue_properties().name == "kept"
    tags = urllib3.request("GET", f"http://127.0.0.1:{start.registry_port}/v2/samples/shop/tags/list").json()["tags"]
    assert sorted(tags) == ["1.0", "1.1"]
    assert start.signal(signal.SIGTERM) == 0
    assert "First start" not in second + start.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_behind(start: LocalStart, number: signal.Signals) -> None:
    start.run("--no-samples").await_output(UP)
    started = start.descendants()
    assert len(started) == 3
    assert start.signal(number) == (-number if number == signal.SIGKILL else 0)
    start.await_that(lambda: not any(is_running(pid) for pid in started))


def test_a_second_request_to_stop_waits_for_nobody(tmp_path: Path) -> None:
    with LocalStart(tmp_path, [sys.executable, str(STAND_IN)], {"STAND_IN": "deaf"}) as start:
        start.run("--no-samples").await_output(UP)
        started = start.descendants()
        assert start.process is not None
        start.process.send_signal(signal.SIGINT)
        # Within the patience of this test, which is less than the grace.
        start.await_that(lambda: ended_when_asked_again(start.process))
        assert start.process.returncode == 0
        assert not any(is_running(pid) for pid in started)


def ended_when_asked_again(process: subprocess.Popen[bytes] | None) -> bool:
    assert process is not None
    # Signals of one second are one request, and a busy machine may take up the first one late.
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    return process.returncode is not None


def test_samples_that_cannot_be_loaded_keep_nothing_else_from_running(tmp_path: Path) -> None:
    with LocalStart(tmp_path, [sys.executable, str(STAND_IN)], {"STAND_IN": "without-timer"}) as start:
        start.run().await_output("The sample images could not be shown: the host answered 404")
        assert not (tmp_path / "data" / "samples-pushed.json").exists()
        assert start.signal(signal.SIGTERM) == 0


def test_everything_listens_on_the_loopback_address_only(start: LocalStart) -> None:
    start.run("--no-samples").await_output(UP)
    ours = {start.port, start.registry_port, *map(int, start.azurite_ports.split(","))}
    addresses = {address for address, port in listening() if port in ours}
    assert addresses == {"0100007F"}


def listening() -> Iterator[tuple[str, int]]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if state == "0A":
                address, _, port = local.partition(":")
                yield address, int(port, 16)


def test_a_port_in_use_is_told_in_one_line_before_anything_starts(start: LocalStart) -> None:
    with socket.create_server(("127.0.0.1", start.registry_port)):
        start.run()
        start.await_that(lambda: start.exited)
    assert start.process is not None
    assert start.process.returncode == 2
    complaint = start.output.splitlines()[-1]
    expected = f"port {start.registry_port}, wanted for the registry, is in use: choose another with --registry-port"
    assert complaint == f"plimsoll: {expected}"
    assert not (start.folder / "data").exists()


def test_a_host_that_dies_is_started_again(start: LocalStart) -> None:
    start.run("--no-samples").await_output(UP)
    first = pid_of(start, "--serve")
    os.kill(first, signal.SIGKILL)
    start.await_output("the host ended (status -9) and is started again")
    start.await_that(lambda: any(pid != first and "--serve" in told for pid, told in start.descendants().items()))


@pytest.mark.parametrize(("name", "part"), [("azurite", "azurite.js"), ("registry", "docker-registry")])
def test_the_end_of_what_keeps_the_state_ends_everything_with_a_reason(start: LocalStart, name: str, part: str) -> None:
    start.run("--no-samples").await_output(UP)
    started = start.descendants()
    os.kill(pid_of(start, part), signal.SIGKILL)
    start.await_that(lambda: start.exited)
    assert start.process is not None
    assert start.process.returncode == 1
    assert f"plimsoll: {name} ended by itself (signal 9)" in start.output
    assert f"{name}.log" in start.output
    assert not any(is_running(pid) for pid in started)


def test_samples_are_not_pushed_to_a_registry_that_is_not_watched(start: LocalStart, tmp_path: Path) -> None:
    other = LocalStart(tmp_path, [sys.executable, str(STAND_IN)], {"REGISTRIES": "contoso.azurecr.io"})
    with other:
        other.run().await_output("no sample images are pushed")
        assert not (tmp_path / "data" / "samples-pushed.json").exists()


def test_a_start_ends_with_the_program_that_started_it(start: LocalStart) -> None:
    shell = 'trap "" HUP; "$@" & wait'
    command = ["sh", "-c", shell, "sh", sys.executable, str(STAND_IN)]
    parent = LocalStart(start.folder, command)
    parent.run("--no-samples", "--with-parent").await_output(UP)
    started = parent.descendants()
    assert len(started) == 4
    parent.signal(signal.SIGKILL)
    parent.await_that(lambda: not any(is_running(pid) for pid in started))
