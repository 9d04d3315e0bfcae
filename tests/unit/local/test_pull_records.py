"""Pulls become the records of Azure's diagnostic log."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from local.notifications import Actor, Notification, Request, Target
from local.pull_records import log_blob_name, to_pull_record
from local.registry_resource import RegistryResource

REGISTRY = RegistryResource("aaaaaaaa-2222-3333-4444-555555555555", "127.0.0.1:5055")
RESOURCE = (
    "/SUBSCRIPTIONS/AAAAAAAA-2222-3333-4444-555555555555/RESOURCEGROUPS/LOCAL"
    "/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/LOCAL"
)
DIGEST = "sha256:" + "b" * 64
IMAGE = "application/vnd.oci.image.manifest.v1+json"
BY_TAG = Target("team/app", DIGEST, "1.0", IMAGE, 528, 528)


def pull(target: Target, method: str = "GET", agent: str = "containerd/1.7", time: str = "05.5Z") -> Notification:
    request = Request("req-1", "[::1]:40000", "localhost:5055", method, agent)
    return Notification("event-1", f"2026-03-01T10:20:{time}", "pull", target, request, Actor())


def test_a_pull_by_tag_is_told_to_the_letter() -> None:
    assert msgspec.to_builtins(to_pull_record(pull(BY_TAG), REGISTRY)) == {
        "time": "2026-03-01T10:20:05.5000000Z",
        "category": "ContainerRegistryRepositoryEvents",
        "resourceId": RESOURCE,
        "operationName": "Pull",
        "identity": "<nil>",
        "location": "local",
        "resultType": "HttpStatusCode",
        "resultDescription": "200",
        "durationMs": "<nil>",
        "callerIpAddress": "[::1]",
        "correlationId": "req-1",
        "properties": {
            "tag": "1.0",
            "digest": DIGEST,
            "mediaType": IMAGE,
            "repository": "team/app",
            "artifactType": "acr.docker",
            "tenantId": "<nil>",
            "loginServer": "127.0.0.1:5055",
            "userAgent": "containerd/1.7",
        },
        "RegionStamp": "local",
    }


def test_a_pull_by_digest_has_the_digest_for_a_tag() -> None:
    record = to_pull_record(pull(Target("team/app", DIGEST, "", IMAGE)), REGISTRY)
    assert record is not None
    assert (record.properties.tag, record.properties.digest) == (DIGEST, DIGEST)


def test_a_pull_by_the_scanner_is_logged_as_azure_logs_it() -> None:
    record = to_pull_record(pull(BY_TAG, agent="plimsoll-scanner/0.1.0"), REGISTRY)
    assert record is not None
    assert record.properties.user_agent == "plimsoll-scanner/0.1.0"


@pytest.mark.parametrize(("written", "told"), [("05.123456789Z", "05.1234567Z"), ("05.1Z", "05.1000000Z")])
def test_times_have_seven_digits(written: str, told: str) -> None:
    record = to_pull_record(pull(BY_TAG, time=written), REGISTRY)
    assert record is not None
    assert record.time.endswith(told)


@pytest.mark.parametrize(
    "silent",
    [
        pull(BY_TAG, method="HEAD"),
        pull(Target("team/app", DIGEST, media_type="application/octet-stream")),
        Notification("event-1", "2026-03-01T10:20:05Z", "push", BY_TAG, Request(method="PUT")),
    ],
    ids=["a look whether it exists", "blob", "push"],
)
def test_no_record_is_made_of(silent: Notification) -> None:
    assert to_pull_record(silent, REGISTRY) is None


def test_the_blob_is_named_by_the_hour_in_utc() -> None:
    written = datetime(2026, 3, 1, 1, 59, tzinfo=timezone(timedelta(hours=2)))
    assert log_blob_name(REGISTRY, written) == f"resourceId={RESOURCE}/y=2026/m=02/d=28/h=23/m=00/PT1H.json"
    assert log_blob_name(REGISTRY, written.astimezone(UTC)) == log_blob_name(REGISTRY, written)
