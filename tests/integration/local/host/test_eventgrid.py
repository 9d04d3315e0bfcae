"""The Event Grid webhook: deliveries in both schemas, and the handshakes."""

import json
from typing import Any

import pytest
import urllib3

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import Hosting

_NOTIFICATION = {"aeg-event-type": "Notification"}


@pytest.fixture(scope="module")
def host(launch: Launch) -> Hosting:
    return launch("events")


def post(host: Hosting, function: str, body: Any, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
    path = f"/runtime/webhooks/EventGrid?functionName={function}"
    return host.request("POST", path, body=json.dumps(body), headers=headers)


def event(event_id: str, subject: str = "good") -> dict[str, Any]:
    return {
        "id": event_id,
        "topic": "/subscriptions/x",
        "subject": subject,
        "eventType": "Microsoft.ContainerRegistry.ImagePushed",
        "eventTime": "2026-01-02T03:04:05Z",
        "dataVersion": "2.0",
        "data": {"n": 1},
    }


def test_a_batch_runs_the_function_once_for_each_event(host: Hosting) -> None:
    assert post(host, "on_event", [event("a1"), event("a2")], _NOTIFICATION).status == 202
    rest = '"/subscriptions/x", "Microsoft.ContainerRegistry.ImagePushed", {"n": 1}]'
    host.wait_for_record(f'["a1", {rest}', f'["a2", {rest}')


def test_a_single_event_needs_no_list(host: Hosting) -> None:
    assert post(host, "on_event", event("single"), _NOTIFICATION).status == 202
    assert any('"single"' in line for line in host.recorded())


def test_one_event_that_fails_fails_its_batch_though_the_others_have_run(host: Hosting) -> None:
    assert post(host, "on_event", [event("b1"), event("b2", subject="bad")], _NOTIFICATION).status == 500
    assert any('"b1"' in line for line in host.recorded())


def test_cloud_events_arrive_as_cloud_events(host: Hosting) -> None:
    delivered = {"specversion": "1.0", "id": "c1", "source": "/registry", "type": "pushed", "data": {"n": 2}}
    assert post(host, "on_cloud_event", delivered, _NOTIFICATION).status == 202
    host.wait_for_record('["c1", "/registry", "pushed", {"n": 2}]')


@pytest.mark.parametrize("wrap", [lambda data: [{"data": data}], lambda data: {"data": json.dumps(data)}])
def test_the_validation_handshake_answers_the_code_and_calls_nobody(host: Hosting, wrap: Any) -> None:
    body = wrap({"validationCode": "code-1", "validationUrl": "http://127.0.0.1:9/never"})
    answer = post(host, "on_event", body, {"aeg-event-type": "SubscriptionValidation"})
    assert (answer.status, answer.json()) == (200, {"validationResponse": "code-1"})


def test_the_cloud_events_handshake_allows_the_sender(host: Hosting) -> None:
    answer = host.request(
        *("OPTIONS", "/runtime/webhooks/EventGrid?functionName=on_cloud_event"),
        headers={"WebHook-Request-Origin": "eventgrid.azure.net"},
    )
    assert answer.status == 200
    assert answer.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
    assert answer.headers["webhook-allowed-rate"] == "*"


@pytest.mark.parametrize(
    ("function", "headers", "body", "status"),
    [
        ("on_event", {"aeg-event-type": "Unsubscribe"}, [], 202),
        ("ON_EVENT", _NOTIFICATION, [], 202),
        ("missing", _NOTIFICATION, [], 404),
        ("", _NOTIFICATION, [], 404),
        ("on_event", {}, [], 400),
        ("on_event", {"aeg-event-type": "Other"}, [], 400),
        ("on_event", _NOTIFICATION, ["text"], 400),
        ("on_event", _NOTIFICATION, 1, 400),
        ("on_event", {"aeg-event-type": "SubscriptionValidation"}, [], 400),
        ("on_event", {"aeg-event-type": "SubscriptionValidation"}, [{"data": {}}], 400),
        ("on_event", {"aeg-event-type": "SubscriptionValidation"}, [{"data": "no JSON"}], 400),
    ],
)
def test_every_other_request_has_its_status(
    host: Hosting, function: str, headers: dict[str, str], body: Any, status: int
) -> None:
    assert post(host, function, body, headers).status == status


@pytest.mark.parametrize("kind", ["Notification", "SubscriptionValidation"])
@pytest.mark.parametrize("body", [b'{"data":' + b'{"":' * 12_000, b'{"data":"\xff"}'])
def test_what_no_reader_can_read_is_refused(host: Hosting, kind: str, body: bytes) -> None:
    path = "/runtime/webhooks/EventGrid?functionName=on_event"
    assert host.request("POST", path, body=body, headers={"aeg-event-type": kind}).status == 400
