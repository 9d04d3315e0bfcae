"""A smoke test of the pinned Functions library behind the worker's protocol: what we build on is what it does."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from local.host.errors import FunctionRaised, WorkerDied
from local.host.wire import Binary, HttpRequest, HttpResponse, Invoke, Json, Retry, Text, Value
from local.host.worker_process import AppFolder, WorkerProcess, start_worker_process
from tests.integration.local.host.hosting import make_app


@asynccontextmanager
async def worker(name: str, directory: Path) -> AsyncIterator[WorkerProcess]:
    app = make_app(name, directory)
    record = directory / "record.txt"
    record.touch()
    process = await start_worker_process(AppFolder(app, os.environ | {"RECORD": str(record)}))
    delivering = asyncio.create_task(process.deliver_answers())
    yield process
    process.kill()
    await delivering
    await process.bury()


def run(name: str, directory: Path, test: Callable[[WorkerProcess], Awaitable[None]]) -> None:
    async def with_worker() -> None:
        async with asyncio.timeout(60):
            async with worker(name, directory) as process:
                await test(process)

    asyncio.run(with_worker())


def function_id(process: WorkerProcess, name: str) -> str:
    return next(function.function_id for function in process.ready.functions if function.name == name)


def test_bindings_and_retry_policies_are_indexed(tmp_path: Path) -> None:
    async def check(process: WorkerProcess) -> None:
        functions = {function.name: function for function in process.ready.functions}
        assert set(functions) == {"at_start", "slow_second", "failing"}
        assert functions["failing"].retry == Retry("fixed_delay", 2)
        assert functions["at_start"].retry is None
        assert json.loads(functions["at_start"].bindings[0]) == {
            "direction": "IN",
            "type": "timerTrigger",
            "name": "timer",
            "schedule": "0 0 0 1 1 *",
            "runOnStartup": True,
        }

    run("timers", tmp_path, check)


def test_an_http_request_becomes_a_response(tmp_path: Path) -> None:
    async def check(process: WorkerProcess) -> None:
        request = HttpRequest("POST", "http://h/files/a", {"x": "y"}, {"rest": "a"}, {"q": "1"}, b"body")
        invoke = Invoke("i1", function_id(process, "files"), "req", request, {})
        returned = await process.call(invoke)
        assert isinstance(returned.value, HttpResponse)
        assert returned.value.status == 200
        assert json.loads(returned.value.body) == {
            "method": "POST",
            "url": "http://h/files/a",
            "query": {"q": "1"},
            "route": {"rest": "a"},
            "headers": {"x": "y"},
            "body": "body",
        }

    run("web", tmp_path, check)


def test_a_text_is_returned_as_a_text_and_an_error_with_its_stack(tmp_path: Path) -> None:
    async def check(process: WorkerProcess) -> None:
        request = HttpRequest("GET", "http://h/", {}, {}, {}, b"")
        returned = await process.call(Invoke("i1", function_id(process, "home"), "req", request, {}))
        assert returned.value == Text("home")
        with pytest.raises(FunctionRaised, match="ValueError: this is why") as raised:
            await process.call(Invoke("i2", function_id(process, "raises"), "req", request, {}))
        assert "in raises" in raised.value.stack

    run("web", tmp_path, check)


@pytest.mark.parametrize("body", [Text("hello"), Binary(b"hello")])
def test_a_queue_message_has_its_metadata_and_an_output_its_value(tmp_path: Path, body: Text | Binary) -> None:
    async def check(process: WorkerProcess) -> None:
        metadata: dict[str, Value] = {"Id": Text("m1"), "DequeueCount": Json("2"), "PopReceipt": Text("p")}
        returned = await process.call(Invoke("i1", function_id(process, "forward"), "msg", body, metadata))
        assert returned.outputs == {"out": Text("hello")}

    run("queues", tmp_path, check)


def test_calls_that_run_fail_when_the_worker_dies(tmp_path: Path) -> None:
    async def check(process: WorkerProcess) -> None:
        request = HttpRequest("GET", "http://h/", {}, {}, {}, b"")
        hanging = asyncio.create_task(process.call(Invoke("i1", function_id(process, "hang"), "req", request, {})))
        await asyncio.sleep(0)
        process.kill()
        await process.bury()
        with pytest.raises(WorkerDied, match="status -9"):
            await hanging
        with pytest.raises(WorkerDied):
            await process.call(Invoke("i2", function_id(process, "home"), "req", request, {}))

    run("web", tmp_path, check)
