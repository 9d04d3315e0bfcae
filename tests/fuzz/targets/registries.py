"""What a registry, Event Grid and the pull log send."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any, cast

import azure.functions as func
import msgspec

from functions.queue_messages import body_of
from local.images.image import build_image, build_index
from local.images.layers import build_layer
from shared.api.event_messages import UnreadableMessage, parse_events
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import parse_digest, parse_repository
from shared.registry import events, pull_records
from shared.registry.allowlist import Allowlist
from shared.registry.challenges import InvalidChallenge, choose_challenge
from shared.registry.configs import check_is_image, parse_config
from shared.registry.interface import Descriptor, ImageManifest, IndexManifest
from shared.registry.manifests import parse_manifest
from shared.registry.retries import RetryPolicy
from shared.registry.token_services import TokenServices
from shared.registry.web import Answer, Request, Web
from tests.fuzz.interface import Target
from tests.fuzz.properties import check_told

_DIGEST = "sha256:" + "a" * 64
_HOST = "127.0.0.1:5000"
_IMAGE = build_image([build_layer({"etc/os-release": b"ID=debian\n"})])
_MANIFEST = ImageManifest(_DIGEST, "", Descriptor("application/vnd.oci.image.config.v1+json", _DIGEST, 1), ())
_EVENT = {
    "id": "1",
    "timestamp": "2026-11-22T10:00:00.123Z",
    "action": "push",
    "target": {"mediaType": "x", "digest": _DIGEST, "repository": "team/app", "tag": "v1", "size": 1},
    "request": {"id": "1", "host": _HOST, "method": "PUT", "useragent": "docker"},
    "actor": {"name": "ci"},
}
_MESSAGE = json.dumps(
    {"specversion": "1.0", "id": "1", "type": "t", "source": "/x", "time": "2026-11-22T10:00:00Z", "data": _EVENT}
).encode()
_PULL = {
    "time": "2026-11-22T10:00:00.1234567Z",
    "operationName": "Pull",
    "resultDescription": "200",
    "correlationId": "c",
    "identity": "kubelet",
    "properties": {
        "loginServer": _HOST,
        "repository": "team/app",
        "digest": _DIGEST,
        "tag": "v1",
        "userAgent": "containerd",
    },
}
_CHALLENGE = b'Bearer realm="https://a/oauth2/token",service="a",scope="repository:b:pull", Basic realm="x\\"y"'


def _manifest(content: bytes) -> None:
    try:
        found = parse_manifest(content, _DIGEST)
        if isinstance(found, IndexManifest):
            for entry in found.entries:
                parse_digest(entry.digest)
                assert isinstance(entry.is_attestation, bool)
        else:
            assert all(layer.size >= 0 for layer in found.layers)
            check_is_image(found)
    except ScanFailure as failure:
        check_told(failure, FailureReason.MANIFEST_INVALID, FailureReason.LIMIT_EXCEEDED)


def _config(content: bytes) -> None:
    try:
        found = parse_config(content, _MANIFEST)
    except ScanFailure as failure:
        check_told(failure, FailureReason.MANIFEST_INVALID)
    else:
        msgspec.json.encode(found.platform)


def _challenge(content: bytes) -> None:
    with suppress(InvalidChallenge):
        assert choose_challenge(content.decode("latin-1")).scheme in ("bearer", "basic")


class _Answer:
    """What a token service answered."""

    def __init__(self, body: bytes) -> None:
        self.status = 200
        self._body = body

    def read(self, _maximum: int, _what: str) -> bytes:
        return self._body


class _OneAnswer:
    """The web, where every request gets one answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def send(self, _endpoint: object, _request: Request) -> Answer:
        return cast(Answer, _Answer(self._body))


def _token(content: bytes) -> None:
    services = TokenServices(cast(Web, _OneAnswer(content)), RetryPolicy(), clock=lambda: 1e9)
    try:
        token = services.access_token(Allowlist.of([f"http://{_HOST}"]).endpoint(_HOST), "s", "r")
    except ScanFailure as failure:
        check_told(failure, FailureReason.UNAUTHORIZED)
    else:
        assert token.value.isascii()
        assert token.value.isprintable()
        assert token.fresh_until == token.fresh_until, "no time is as good as never"


def _event(content: bytes) -> None:
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        return
    with suppress(events.InvalidEvent, events.IgnoredEvent):
        found = events.parse("1", "Microsoft.ContainerRegistry.ImagePushed", "/subscriptions/x", body, None)
        parse_digest(found.digest)
        parse_repository(found.repository)
        found.actor.encode()
        found.media_type.encode()
        assert found.at.utcoffset() is not None


def _message(content: bytes) -> None:
    body = body_of(func.QueueMessage(body=content))
    with suppress(UnreadableMessage):
        for found in parse_events(body):
            assert found.time is None or found.time.year > 0


def _pull(content: bytes) -> None:
    with suppress(pull_records.InvalidRecord):
        found = pull_records.parse(content)
        if found:
            parse_digest(found.digest)
            found.actor.encode()
            assert found.at.utcoffset() is not None


TARGETS = (
    Target("manifest", _manifest, lambda: [_IMAGE.manifest, build_index([_IMAGE]).manifest]),
    Target(
        "config",
        _config,
        lambda: [b'{"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": []}, "config": {"Cmd": ["x"]}}'],
    ),
    Target("challenge", _challenge, lambda: [_CHALLENGE, b"Negotiate YII=, Basic realm=x"]),
    Target("token", _token, lambda: [b'{"access_token": "a.eyJleHAiOiAyMDAwMDAwMDAwfQ.c", "expires_in": 3600}']),
    Target("event", _event, lambda: [json.dumps(_EVENT).encode()]),
    Target("event-message", _message, lambda: [_MESSAGE, b64encode(_MESSAGE), b"[" + _MESSAGE + b"]"]),
    Target("pull-log", _pull, lambda: [json.dumps(_PULL).encode()]),
)
