"""What the host refuses at the start: one clear line, status 1, and no port opened."""

import socket
from pathlib import Path

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import Hosting, make_app

_HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"
_UNREACHABLE = (
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:{port}/a;"
    "BlobEndpoint=http://127.0.0.1:{port}/a;"
)


def refusal(host: Hosting) -> str:
    assert host.process.wait(60) == 1
    assert "listening on" not in host.log
    return host.log


def own_lines(host: Hosting) -> list[str]:
    """Return what the host says without the warnings of the library."""
    return [line for line in refusal(host).splitlines() if "warning root: Auth level" not in line]


def write_app(directory: Path, function: str) -> Path:
    (directory / "function_app.py").write_text(_HEAD + function)
    return directory


def test_an_app_that_does_not_index_shows_the_message_and_stack_of_the_library(launch: Launch) -> None:
    log = refusal(launch("broken"))
    assert "cannot be loaded: FunctionLoadError: cannot load the wrong function" in log
    assert "Traceback" in log


def test_an_app_that_ends_its_worker_while_it_loads_is_refused(launch: Launch, tmp_path: Path) -> None:
    assert "ended with status 5 while it loaded" in refusal(launch(write_app(tmp_path, "import os; os._exit(5)\n")))


def test_what_the_host_cannot_do_is_refused_in_one_line(launch: Launch, tmp_path: Path) -> None:
    function = (
        "@app.blob_trigger(arg_name='b', path='c/{n}', connection='S')\ndef f(b: func.InputStream) -> None: ...\n"
    )
    message = "local.host: function f has a trigger of type blobTrigger: not supported here"
    assert own_lines(launch(write_app(tmp_path, function))) == [message]


def test_a_schedule_that_is_none_is_refused_in_one_line(launch: Launch, tmp_path: Path) -> None:
    function = "@app.timer_trigger(schedule='0 99 * * * *', arg_name='t')\ndef f(t: func.TimerRequest) -> None: ...\n"
    message = 'local.host: function f: "0 99 * * * *" is not NCRONTAB: "99" is out of 0 to 59'
    assert own_lines(launch(write_app(tmp_path, function))) == [message]


def test_storage_that_does_not_answer_is_one_line(launch: Launch, tmp_path: Path) -> None:
    function = "@app.queue_trigger(arg_name='m', queue_name='q', connection='S')\ndef f(m: str) -> None: ...\n"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        connection = _UNREACHABLE.format(port=unused.getsockname()[1])
        lines = own_lines(launch(write_app(tmp_path, function), {"S": connection}))
    assert len(lines) == 1
    assert lines[0].startswith("local.host: storage is not reachable at http://127.0.0.1:")
    assert "start Azurite" in lines[0]


def test_a_port_in_use_is_one_line(launch: Launch, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        lines = own_lines(launch(make_app("web", tmp_path), None, None, ("--port", str(port))))
    assert lines == [f"local.host: port {port} is in use: pass --port or stop the other program"]


def test_a_folder_without_an_app_is_one_line(launch: Launch, tmp_path: Path) -> None:
    message = f"local.host: {tmp_path} has no function_app.py: pass the folder of a Functions app with --app"
    assert own_lines(launch(tmp_path)) == [message]
