"""The worker process: it may hang or die, the host goes on."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import Hosting, is_running, wait_for


@pytest.fixture(scope="module")
def web(launch: Launch) -> Hosting:
    return launch("web", None, {"functionTimeout": "00:00:03"})


def test_a_function_that_ends_the_worker_answers_500_and_the_next_call_has_a_new_worker(web: Hosting) -> None:
    before = web.worker_pid()
    assert web.request("GET", "/exit").status == 500
    assert web.worker_pid() != before


def test_a_function_that_hangs_is_ended_with_its_worker_while_the_host_answers(web: Hosting) -> None:
    before = web.worker_pid()
    with ThreadPoolExecutor(1) as caller:
        hanging = caller.submit(web.request, "GET", "/hang")
        wait_for(lambda: web.request("GET", "/admin/host/status").json()["running"] == 1, "an answer meanwhile")
        assert hanging.result().status == 500
    assert "ran longer than functionTimeout (3 s)" in web.log
    assert web.worker_pid() != before
    assert not is_running(before)


def test_what_a_function_started_ends_with_its_worker(web: Hosting) -> None:
    child = int(web.request("GET", "/child").data)
    assert is_running(child)
    assert web.request("GET", "/exit").status == 500
    wait_for(lambda: not is_running(child), "the child of the worker to end")


def test_an_app_that_no_longer_loads_ends_the_host(launch: Launch) -> None:
    host = launch("web")
    # Only a worker that answers has loaded the app as it was.
    host.worker_pid()
    (host.app / "function_app.py").write_text("raise RuntimeError('broken since')\n")
    assert host.request("GET", "/exit").status == 500
    assert host.process.wait(60) == 1
    assert "RuntimeError: broken since" in host.log
    assert host.log.splitlines()[-1].startswith("local.host: the worker cannot be started any more")
