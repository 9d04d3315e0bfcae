"""HTTP functions, through a socket."""

import re
import time

import pytest
import urllib3

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import Hosting, wait_for


@pytest.fixture(scope="module")
def web(launch: Launch) -> Hosting:
    return launch("web", {"AzureWebJobs.switched_off.Disabled": "true"})


def test_route_parameters_take_colons_dots_and_at_signs(web: Hosting) -> None:
    shown = web.request("GET", "/api/images/127.0.0.1:5055/sha256:ab@c/findings").json()
    assert shown["route"] == {"registry": "127.0.0.1:5055", "digest": "sha256:ab@c"}


def test_a_catch_all_takes_the_rest_and_keeps_encoded_slashes(web: Hosting) -> None:
    assert web.request("GET", "/files/a/b%20c%2Fd").json()["route"] == {"rest": "a/b c%2Fd"}


def test_routes_match_whatever_the_case(web: Hosting) -> None:
    assert web.request("GET", "/API/Images/r/d/FINDINGS").status == 200


def test_the_query_and_the_absolute_url_reach_the_function(web: Hosting) -> None:
    shown = web.request("GET", "/files/x?a=1&a=2&b=%20c&empty=").json()
    assert shown["query"] == {"a": "1,2", "b": " c"}
    assert shown["url"] == web.url("/files/x?a=1&a=2&b=%20c&empty=")


def test_the_url_has_the_host_of_the_request(web: Hosting) -> None:
    shown = web.request("GET", "/files/x", headers={"Host": "localhost:1234"}).json()
    assert shown["url"] == "http://localhost:1234/files/x"


def test_the_body_reaches_the_function(web: Hosting) -> None:
    assert web.request("POST", "/files/x", body="grüße".encode()).json()["body"] == "grüße"


def test_forged_identity_headers_are_removed(web: Hosting) -> None:
    forged = {
        "X-MS-CLIENT-PRINCIPAL": "x",
        "X-Ms-Client-Principal-Id": "x",
        "X-MS-TOKEN-AAD-ID-TOKEN": "x",
        "X-My": "y",
    }
    headers = web.request("GET", "/files/x", headers=forged).json()["headers"]
    assert headers["x-my"] == "y"
    assert not [name for name in headers if name.startswith("x-ms-")]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_requests_that_a_foreign_web_page_caused_are_refused(web: Hosting, headers: dict[str, str]) -> None:
    assert web.request("GET", "/files/x", headers=headers).status == 403


def test_a_page_of_this_machine_may_call(web: Hosting) -> None:
    assert web.request("GET", "/files/x", headers={"Origin": web.url()}).status == 200


def test_the_root_can_be_a_route(web: Hosting) -> None:
    answer = web.request("GET", "/")
    assert (answer.data, answer.headers["content-type"]) == (b"home", "text/plain; charset=utf-8")


def test_cookies_are_sent_one_by_one(web: Hosting) -> None:
    answer = web.request("GET", "/cookies")
    assert answer.status == 204
    assert answer.headers.getlist("set-cookie") == ["a=1; Path=/; HttpOnly", "b=2; SameSite=Lax"]


def test_a_header_is_sent_and_the_length_is_the_true_one(web: Hosting) -> None:
    answer = web.request("GET", "/headers?value=gr%C3%BC%C3%9Fe")
    assert (answer.headers["x-given"], answer.headers["content-length"]) == ("grüße", "1")


@pytest.mark.parametrize("value", ["a%0D%0AX-Forged:%201", "%E2%82%AC"])
def test_a_header_that_http_does_not_allow_is_an_error(web: Hosting, value: str) -> None:
    answer = web.request("GET", f"/headers?value={value}")
    assert answer.status == 500
    assert "x-forged" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/missing"), ("DELETE", "/files/x"), ("HEAD", "/files/x"), ("GET", "/off")]
)
def test_no_route_the_wrong_method_and_a_disabled_function_are_all_404(web: Hosting, method: str, path: str) -> None:
    assert web.request(method, path).status == 404


def test_a_function_that_raises_answers_500_without_a_word_and_is_logged_with_its_stack(web: Hosting) -> None:
    answer = web.request("GET", "/raise")
    assert (answer.status, answer.data) == (500, b"")
    logged = wait_for(
        lambda: re.search(r"error \[raises [0-9a-f-]{36}\] .*ValueError: this is why\n    Trace", web.log), ""
    )
    assert logged


def test_a_function_that_returns_nothing_answers_500(web: Hosting) -> None:
    assert web.request("GET", "/nothing").status == 500


def test_log_records_of_the_app_are_one_line_with_function_and_invocation(web: Hosting) -> None:
    invocation = web.request("GET", "/log").data.decode()
    line = f"warning [log {invocation}] app.room: first line\\nforged line \\x1b[31m\n"
    assert wait_for(lambda: line in web.log, "the log record")


def test_the_host_says_that_it_runs_and_what(web: Hosting) -> None:
    assert web.request("GET", "/admin/host/ping").status == 200
    status = web.request("GET", "/admin/host/status").json()
    assert status["state"] == "Running"
    assert "findings" in status["functions"]
    assert "switched_off" not in status["functions"]


def test_a_function_can_be_run_by_hand(web: Hosting) -> None:
    event = '{\\"id\\": \\"by-hand\\", \\"data\\": {}}'
    assert web.request("POST", "/admin/functions/by_hand", body=f'{{"input": "{event}"}}').status == 202
    web.wait_for_record("event by-hand")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("missing", "{}", 404),
        ("home", "{}", 400),
        ("by_hand", "{", 400),
        ("by_hand", '{"input": "no JSON"}', 400),
        ("by_hand", '{"":' * 12_000, 400),
    ],
)
def test_a_wrong_run_by_hand_is_refused(web: Hosting, name: str, body: str, status: int) -> None:
    assert web.request("POST", f"/admin/functions/{name}", body=body).status == status


def test_requests_on_one_connection_do_not_wait_for_each_other(web: Hosting) -> None:
    # A delayed acknowledgement would make each take 40 ms longer than the first of a connection, which has none. A busy
    # machine makes both late, and not all of them.
    first, next_one = (min(durations(web, headers)) for headers in ({"Connection": "close"}, {}))
    assert next_one < first + 0.03


def durations(web: Hosting, headers: dict[str, str]) -> list[float]:
    """Return how many seconds requests took, without the first, which always makes a connection."""
    with urllib3.HTTPConnectionPool("127.0.0.1", urllib3.util.parse_url(web.url()).port, maxsize=1) as connection:
        times = []
        for _ in range(40):
            began = time.monotonic()
            assert connection.request("GET", "/", headers=headers).status == 200
            times.append(time.monotonic() - began)
    return times[1:]
