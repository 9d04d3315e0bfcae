"""Notices from a push to an Event Grid topic, by its own client, over the real storage emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.projections.outbox import PARTITIONS
from shared.projections.packed import pack
from tests.support.event_topic import KEY, EventTopic
from tests.support.made_images import debian_image
from tests.support.service import Service


@pytest.fixture
def topic() -> Iterator[EventTopic]:
    made = EventTopic()
    yield made
    made.close()


@pytest.fixture
def noticing(make_service: Callable[..., Service], topic: EventTopic) -> Service:
    made = make_service(
        notification_topic_endpoint=topic.endpoint, notification_topic_key=KEY, notify_from=Severity.LOW
    )
    made.app.refresh_advisories()
    return made


def send(service: Service) -> int:
    assert service.app.send_notices is not None
    return service.app.send_notices()


def status(service: Service) -> dict[str, Any]:
    return dict(service.app.query_status()["notices"])


def test_a_bad_image_a_rule_and_its_end_are_told_as_cloud_events(noticing: Service, topic: EventTopic) -> None:
    digest = noticing.pushed("team/app", debian_image({"openssl": "3.0.11-1"}))
    noticing.pushed("team/good", debian_image({"openssl": "3.0.15-1"}))
    noticing.drain()
    assert send(noticing) == 1
    rule = FindingDisabled("r1", RuleScope(), Criteria(cves=("CVE-2026-1000",)), "not reachable", "sam")
    noticing.app.disable_findings.disable(rule)
    noticing.drain()
    noticing.app.disable_findings.enable(FindingEnabled("r1", "it is", "sam"))
    noticing.drain()
    assert (send(noticing), send(noticing)) == (2, 0)

    assert [(event["type"], event["data"]["health"]) for event in topic.events] == [
        ("Plimsoll.Image.Unhealthy", "unhealthy"),
        ("Plimsoll.Image.Resolved", "healthy"),
        ("Plimsoll.Image.Unhealthy", "unhealthy"),
    ]
    first = topic.events[0]
    assert (first["specversion"], first["subject"]) == ("1.0", f"team/app@{digest}")
    assert first["data"]["findings"][0]["fixedVersion"] == "3.0.15-1"
    assert len({event["id"] for event in topic.events}) == 3


def test_a_dead_topic_loses_nothing_and_the_status_says_so(noticing: Service, topic: EventTopic) -> None:
    topic.answers = [401]
    noticing.pushed("team/app", debian_image({"openssl": "3.0.11-1"}))
    noticing.drain()
    assert send(noticing) == 0
    assert (status(noticing)["enabled"], status(noticing)["pending"]) == (True, 1)
    assert topic.endpoint in status(noticing)["error"]
    assert send(noticing) == 1
    assert (status(noticing)["pending"], status(noticing)["error"]) == (0, "")
    assert len(topic.events) == 1


def test_a_notice_that_is_sent_again_is_the_same_one(noticing: Service, topic: EventTopic) -> None:
    """The topic took it and its answer got lost: receivers know it by its id."""
    topic.lost = 5  # the client itself tries again, too
    noticing.pushed("team/app", debian_image({"openssl": "3.0.11-1"}))
    noticing.drain()
    while send(noticing) == 0:
        pass
    assert len(topic.events) > 1
    assert len({event["id"] for event in topic.events}) == 1
    assert all(event == topic.events[0] for event in topic.events)


def test_many_notices_go_in_requests_that_the_service_takes(noticing: Service, topic: EventTopic) -> None:
    outbox = noticing.app.outbox
    rows = [
        {"PartitionKey": PARTITIONS[number % 2], "RowKey": f"o-{number:04}", "id": f"{number}"} for number in range(40)
    ]
    for row in rows:
        event = {"specversion": "1.0", "id": row["id"], "source": "s", "type": "t", "data": {"text": "x" * 50_000}}
        outbox.table.upsert({**row, **pack("event", event)})
    outbox.table.upsert({"PartitionKey": "0", "RowKey": "t-somebody", "basis": ""})
    assert send(noticing) == 40
    assert sorted(int(event["id"]) for event in topic.events) == list(range(40))
