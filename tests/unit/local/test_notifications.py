"""Envelopes of docker-registry are parsed, and nothing else is."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.notifications import InvalidNotification, Notification, parse_notifications

ENVELOPE = b"""{"events": [{
    "id": "e1", "timestamp": "2026-03-01T10:20:30.1Z", "action": "push",
    "target": {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 7, "digest": "sha256:1", "length": 7,
        "repository": "app", "url": "http://localhost/v2/app", "tag": "1", "references": [{"size": 3}]},
    "request": {"id": "r1", "addr": "127.0.0.1:9", "host": "localhost", "method": "PUT", "useragent": "docker"},
    "actor": {}, "source": {"addr": "host:5000", "instanceID": "i"}
}, {"id": "e2", "timestamp": "2026-03-01T10:20:31Z", "action": "delete", "target": {"repository": "app", "tag": "1"}}]}
"""


def test_events_keep_their_order_and_their_ids() -> None:
    first, second = parse_notifications(ENVELOPE)
    assert (first.id, second.id) == ("e1", "e2")
    assert (first.target.is_manifest, first.target.tag, first.request.useragent) == (True, "1", "docker")
    assert (second.target.is_manifest, second.target.digest, second.actor.name) == (False, "", "")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"events": [{}]}', b'{"events": [{"id": 1}]}', b"\xff", b'{"\xff":1}', b'{"":' * 12_000],
)
def test_other_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidNotification, match="not an envelope of registry events"):
        parse_notifications(body)


@given(st.binary() | st.from_regex(rb'\{"events": ?\[.*\]\}'))
def test_hostile_bytes_end_in_no_other_exception(body: bytes) -> None:
    events: list[Notification] = []
    with contextlib.suppress(InvalidNotification):
        events = parse_notifications(body)
    assert all(isinstance(event.id, str) for event in events)
