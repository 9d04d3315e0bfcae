"""Scans: the queue of requested ones, those that died, and requests over HTTP."""

from urllib.parse import unquote, urlsplit

import azure.functions as func
import msgspec
import pytest

from functions import scans
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.messages import ScanMessage
from shared.eventlog.streams import image_stream
from tests.support.examples import REGISTRY, digest, image_id, push
from tests.support.memory_app import MemoryApp, image_manifest
from tests.support.triggers import ask

BODY = {"registry": REGISTRY, "repository": "app", "reference": "v1"}


class Message(func.QueueMessage):
    """A message of the queue with the count that the host gives it."""

    def __init__(self, body: bytes, dequeue_count: int) -> None:
        super().__init__(body=body)
        self._count = dequeue_count

    @property
    def dequeue_count(self) -> int:
        return self._count


def message(attempt: int = 1, scan_id: str = "push-e1") -> Message:
    stream = str(image_stream(image_id()))
    return Message(msgspec.json.encode(ScanMessage(stream=stream, scan_id=scan_id)), attempt)


def test_a_message_is_scanned(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    scans.run_scan(message())
    assert app.state().charge is not None


def test_a_failure_that_may_pass_is_left_to_the_queue_until_the_fifth_attempt(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.world.registry.failure = ScanFailure(FailureReason.REGISTRY_ERROR, "503")
    for attempt in range(1, 5):
        with pytest.raises(ScanFailure):
            scans.run_scan(message(attempt))
    scans.run_scan(message(5))
    failure = app.state().last_failure
    assert failure is not None
    assert failure.event.reason is FailureReason.REGISTRY_ERROR


def test_a_poisoned_message_ends_its_scan(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    scans.on_failed_scan(message())
    failure = app.state().last_failure
    assert failure is not None
    assert failure.event.reason is FailureReason.ATTEMPTS_EXHAUSTED


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"\xff\xfe"])
def test_a_poisoned_message_that_names_no_scan_is_kept_as_a_dead_letter(app: MemoryApp, body: bytes) -> None:
    scans.on_failed_scan(Message(body, 1))
    [letter] = app.dead_letters.newest(10)
    assert letter["source"] == "scans"


def test_a_scan_on_demand_is_accepted_and_followed_by_its_address(app: MemoryApp) -> None:
    app.world.registry.manifests["v1"] = image_manifest(1)
    status, body = ask(scans.request_scan, "/api/scans", method="POST", body=BODY)
    assert (status, body["status"]) == (202, "running")
    *_, registry, image, scan_id = urlsplit(body["statusUrl"]).path.split("/")
    route = {"registry": unquote(registry), "digest": unquote(image), "scan_id": unquote(scan_id)}
    assert ask(scans.get_scan, route=route)[1]["status"] == "running"
    app.work()
    status, found = ask(scans.get_scan, route=route)
    assert (status, found["status"], found["images"]) == (200, "completed", [digest(1)])


def test_a_repeated_request_asks_for_the_same_scan(app: MemoryApp) -> None:
    app.world.registry.manifests["v1"] = image_manifest(1)
    headers = {"x-ms-client-request-id": "r1"}
    ids = {ask(scans.request_scan, method="POST", body=BODY, headers=headers)[1]["id"] for _ in range(3)}
    assert ids == {"manual-r1"}
    assert len(app.state().scan_ids) == 1


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        (FailureReason.REGISTRY_NOT_ALLOWED, 403, "RegistryNotAllowed"),
        (FailureReason.MANIFEST_MISSING, 404, "ManifestMissing"),
        (FailureReason.UNAUTHORIZED, 502, "Unauthorized"),
        (FailureReason.REGISTRY_UNREACHABLE, 502, "RegistryUnreachable"),
        (FailureReason.REGISTRY_ERROR, 502, "RegistryError"),
        (FailureReason.MANIFEST_INVALID, 422, "ManifestInvalid"),
    ],
)
def test_what_the_registry_refuses_is_told_by_its_status(
    app: MemoryApp, reason: FailureReason, status: int, code: str
) -> None:
    app.world.registry.failure = ScanFailure(reason, "why it failed")
    answered, body = ask(scans.request_scan, method="POST", body=BODY)
    assert (answered, body) == (status, {"error": {"code": code, "message": "why it failed"}})


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", {**BODY, "reference": "a b"}, {**BODY, "x": 1}])
def test_a_body_that_cannot_be_used_is_a_bad_request(app: MemoryApp, body: object) -> None:
    assert ask(scans.request_scan, method="POST", body=body)[0] == 400


def test_a_request_id_that_cannot_be_used_is_a_bad_request(app: MemoryApp) -> None:
    headers = {"x-ms-client-request-id": "../../x"}
    assert ask(scans.request_scan, method="POST", body=BODY, headers=headers)[0] == 400


def test_a_scan_that_nobody_requested_is_not_found(app: MemoryApp) -> None:
    route = {"registry": REGISTRY, "digest": digest(1), "scan_id": "manual-x"}
    assert ask(scans.get_scan, route=route)[1]["error"]["code"] == "ScanNotFound"
    assert ask(scans.get_scan, route={**route, "digest": "x"})[0] == 400
