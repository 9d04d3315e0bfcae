"""The sandbox with its real processes: what it reads, what it refuses, and what it survives."""

import gc
import gzip
import os
import signal
import socket
import tarfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
import zstandard

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.interface import LayerInventory
from shared.inventory.layer import scan_layer
from shared.inventory.limits import Confinement, ScanLimits
from shared.inventory.sandbox.client import LayerSandbox
from shared.inventory.sandbox.server import Server
from tests.support.every_package import EVERY_NAME, EVERY_PACKAGE
from tests.unit.shared.inventory.layer_making import GZIP, PLAIN, ZSTD, chunked, digest_of, file, stanza, tar

STATUS = "var/lib/dpkg/status"
SMALL = tar(file(STATUS, stanza("bash", "5.2")))


def endless() -> Iterator[bytes]:
    member = tarfile.TarInfo("large")
    member.size = 2**40
    yield member.tobuf(tarfile.GNU_FORMAT)
    yield from repeat(bytes(512 * 1024))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LayerSandbox]:
    made = LayerSandbox(Confinement(), children=2)
    yield made
    made.server.close()


def read(sandbox: LayerSandbox, archive: bytes, chunks: Iterable[bytes] | None = None) -> LayerInventory:
    return sandbox(
        chunked(archive) if chunks is None else chunks,
        digest=digest_of(archive),
        media_type=PLAIN,
        diff_id=digest_of(archive),
        limits=ScanLimits(),
    )


def failure_of(sandbox: LayerSandbox, chunks: Iterable[bytes], limits: ScanLimits | None = None) -> ScanFailure:
    with pytest.raises(ScanFailure) as caught:
        sandbox(
            chunks,
            digest=digest_of(SMALL),
            media_type=PLAIN,
            diff_id=digest_of(SMALL),
            limits=limits or ScanLimits(inflated_bytes=2**50),
        )
    return caught.value


def packed_sizes(count: int) -> bytes:
    return tar(file(STATUS, "".join(stanza(f"package-{number}", "1") for number in range(count))))


@pytest.mark.parametrize(
    ("media_type", "packed"),
    [(PLAIN, EVERY_PACKAGE), (GZIP, gzip.compress(EVERY_PACKAGE, mtime=0)), (ZSTD, zstandard.compress(EVERY_PACKAGE))],
    ids=["tar", "gzip", "zstd"],
)
def test_every_reader_finds_there_what_it_finds_here(sandbox: LayerSandbox, media_type: str, packed: bytes) -> None:
    # A reader that imports a module only when it is needed fails: nothing can be opened in there.
    limits = ScanLimits()
    wanted = {"digest": digest_of(packed), "media_type": media_type, "diff_id": digest_of(EVERY_PACKAGE)}
    found = sandbox(chunked(packed), **wanted, limits=limits)
    assert found == scan_layer(chunked(packed), **wanted, limits=limits)
    assert {package.name for facts in found.files.values() for package in facts.packages} >= EVERY_NAME
    assert not any(facts.unreadable for facts in found.files.values())


def test_a_damaged_layer_fails_as_it_does_here(sandbox: LayerSandbox) -> None:
    failure = failure_of(sandbox, [b"x" * 2048])
    with pytest.raises(ScanFailure) as here:
        scan_layer(
            [b"x" * 2048],
            digest=digest_of(SMALL),
            media_type=PLAIN,
            diff_id=digest_of(SMALL),
            limits=ScanLimits(),
        )
    assert (failure.reason, failure.message) == (here.value.reason, here.value.message)
    assert failure.reason is FailureReason.LAYER_CORRUPT


def test_a_failure_is_told_before_all_of_a_large_layer_was_sent(sandbox: LayerSandbox) -> None:
    sent = 0

    def counted() -> Iterator[bytes]:
        nonlocal sent
        for chunk in chain([b"x" * 1024], repeat(bytes(512 * 1024), 2000)):
            sent += len(chunk)
            yield chunk

    assert failure_of(sandbox, counted()).reason is FailureReason.LAYER_CORRUPT
    assert sent < 100_000_000


def test_what_goes_wrong_with_the_download_is_what_the_caller_sees(sandbox: LayerSandbox) -> None:
    def broken() -> Iterator[bytes]:
        yield SMALL[:512]
        raise ScanFailure(FailureReason.DIGEST_MISMATCH, "other bytes")

    assert failure_of(sandbox, broken()).message == "other bytes"
    assert read(sandbox, SMALL).files


def test_a_reset_connection_to_the_registry_is_not_taken_for_the_child_s(sandbox: LayerSandbox) -> None:
    def broken() -> Iterator[bytes]:
        yield SMALL[:512]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        read(sandbox, SMALL, broken())


def test_a_layer_that_takes_too_much_memory_is_refused() -> None:
    small = LayerSandbox(Confinement(memory_bytes=24 * 1024 * 1024), children=1)
    try:
        failure = failure_of(small, chunked(packed_sizes(150_000), 64 * 1024))
        assert failure.reason is FailureReason.LIMIT_EXCEEDED
        assert "memory" in failure.message
        assert read(small, SMALL).files
    finally:
        small.server.close()


def test_a_layer_that_takes_too_much_processor_time_is_refused() -> None:
    hasty = LayerSandbox(Confinement(cpu_seconds=1), children=1)
    try:
        failure = failure_of(hasty, endless())
        assert failure.reason is FailureReason.LIMIT_EXCEEDED
        assert "more than 1" in failure.message
        assert read(hasty, SMALL).files
    finally:
        hasty.server.close()


def test_a_layer_that_does_not_come_is_not_waited_for() -> None:
    fresh = LayerSandbox(Confinement(), children=1)

    def stalled() -> Iterator[bytes]:
        yield SMALL[:512]
        with suppress(AssertionError):  # it may have come and gone while this machine did something else
            await_that(lambda: bool(children_of(fresh)), seconds=10)
        await_that(lambda: not children_of(fresh))
        yield SMALL[512:]

    try:
        failure = failure_of(fresh, stalled(), ScanLimits(seconds=0.5))
    finally:
        fresh.server.close()
    assert failure.reason is FailureReason.LIMIT_EXCEEDED
    assert "seconds" in failure.message


def test_a_child_that_is_killed_is_a_failure_that_may_pass(sandbox: LayerSandbox) -> None:
    def killed() -> Iterator[bytes]:
        yield SMALL[:512]
        # Until nobody takes more: a child of the test before may still be there, and ours not yet.
        while True:
            kill(children_of(sandbox))
            yield bytes(512)

    failure = failure_of(sandbox, killed())
    assert failure.reason is FailureReason.READER_DIED
    assert failure.retryable
    assert read(sandbox, SMALL).files


def test_a_server_that_is_killed_is_started_again(sandbox: LayerSandbox) -> None:
    assert read(sandbox, SMALL).files
    kill_server(sandbox)
    for _ in range(3):
        assert read(sandbox, SMALL).files


def test_a_server_that_is_killed_in_the_middle_of_a_layer_is_a_failure_that_may_pass(sandbox: LayerSandbox) -> None:
    def killed() -> Iterator[bytes]:
        yield SMALL[:512]
        await_that(lambda: bool(children_of(sandbox)))
        children = children_of(sandbox)
        kill_server(sandbox)
        kill(children)
        yield SMALL[512:]

    assert failure_of(sandbox, killed()).reason is FailureReason.READER_DIED
    assert read(sandbox, SMALL).files


def test_layers_are_read_beside_each_other_but_no_more_than_that(sandbox: LayerSandbox) -> None:
    together = threading.Barrier(2, timeout=60)
    reading = most = 0
    lock = threading.Lock()

    def meeting() -> Iterator[bytes]:
        nonlocal reading, most
        with lock:
            reading += 1
            most = max(most, reading)
        yield SMALL[:512]
        together.wait()
        yield SMALL[512:]
        with lock:
            reading -= 1

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _number: read(sandbox, SMALL, meeting()), range(4)))
    assert all(layer.files for layer in found)
    assert most == 2


def test_the_worker_s_environment_does_not_go_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", "AccountKey=secret")
    made = LayerSandbox(Confinement(), children=1)
    try:
        assert read(made, SMALL).files
        assert b"secret" not in Path(f"/proc/{server_of(made)}/environ").read_bytes()
    finally:
        made.server.close()


def test_a_process_that_cannot_be_started_is_a_failure_that_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    made = LayerSandbox(Confinement(), children=1)
    before = open_files()
    with monkeypatch.context() as patched:
        patched.setattr("sys.executable", "/nowhere/python")
        failure = failure_of(made, chunked(SMALL))
    assert (failure.reason, failure.retryable) == (FailureReason.READER_DIED, True)
    assert "could not be started" in failure.message
    assert open_files() == before
    try:
        assert read(made, SMALL).files
    finally:
        made.server.close()


def test_a_server_that_cannot_fork_refuses_one_layer_and_goes_on_with_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = socket.socketpair()
    monkeypatch.setattr("os.fork", refuse)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("signal.set_wakeup_fd", lambda *_, **__: None)
    serving = threading.Thread(target=Server(theirs).serve)
    serving.start()
    try:
        for _ in range(3):
            channel, other = socket.socketpair()
            told, tell = os.pipe()
            socket.send_fds(ours, [b"+"], [other.fileno(), tell])
            other.close()
            os.close(tell)
            with channel, os.fdopen(told, "rb") as pipe:
                assert (channel.recv(1), pipe.read()) == (b"", b"")
    finally:
        ours.close()
        serving.join(60)
        theirs.close()


def refuse() -> int:
    raise BlockingIOError("Resource temporarily unavailable")


def test_a_thousand_layers_leave_nothing_behind(sandbox: LayerSandbox) -> None:
    assert read(sandbox, SMALL).files
    server = Path(f"/proc/{server_of(sandbox)}/fd")
    before, held = open_files(), len(list(server.iterdir()))
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: read(sandbox, SMALL), range(1000)):
            assert found.files
    # A client has its answer a moment before the server closes the pipe that brought it: now, and when it was counted.
    await_that(lambda: len(list(server.iterdir())) <= held)
    assert open_files() == before
    await_that(lambda: not children_of(sandbox))


def open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def test_letting_go_of_it_ends_its_server() -> None:
    made = LayerSandbox(Confinement(), children=1)
    assert read(made, SMALL).files
    server = server_of(made)
    del made
    gc.collect()
    assert not Path(f"/proc/{server}").exists()


def test_closing_it_ends_its_server() -> None:
    made = LayerSandbox(Confinement(), children=1)
    made.server.start()
    server = server_of(made)
    made.server.close()
    assert not Path(f"/proc/{server}").exists()
    assert read(made, SMALL).files
    made.server.close()


def server_of(sandbox: LayerSandbox) -> int:
    server = sandbox.server.pid
    assert server is not None
    return server


def kill_server(sandbox: LayerSandbox) -> None:
    server = server_of(sandbox)
    os.kill(server, signal.SIGKILL)
    # Until then it would still take orders.
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)


def children_of(sandbox: LayerSandbox) -> list[int]:
    server = server_of(sandbox)
    return [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def kill(children: Iterable[int]) -> None:
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def await_that(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.01)
