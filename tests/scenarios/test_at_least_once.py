"""Events come twice, late and out of order, workers die and race: one scan, one charge, nothing lost."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

from shared.domain.image_health import Health
from tests.support.made_images import debian_image
from tests.support.service import Service

OLD = debian_image({"openssl": "3.0.11-1"})
NEW = debian_image({"openssl": "3.0.15-1"})
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_the_same_event_ten_times_gives_one_scan_and_one_charge(service: Service) -> None:
    digest = service.push("team/app", OLD, "1.0")
    event = service.push_event("team/app", digest, OLD.media_type, "1.0", event_id="the-event")
    for _ in range(5):
        service.deliver(event)
    service.drain()
    for _ in range(5):
        service.deliver(event)
    service.drain()

    assert service.event_types(digest) == ["ImageTagged", "ScanRequested", "ScanCompleted"]
    assert service.charges() == [digest]


def test_events_in_any_order_end_in_the_same_state(service: Service) -> None:
    """A tag goes from one image to another and back; every order of arrival, each event twice, ends alike."""
    old, new = service.push("team/app", OLD, "1.0"), service.push("team/app", NEW, "1.0")
    events = [
        service.push_event("team/app", old, OLD.media_type, "latest", at=START),
        service.push_event("team/app", new, NEW.media_type, "latest", at=START + timedelta(minutes=1)),
        service.push_event("team/app", old, OLD.media_type, "latest", at=START + timedelta(minutes=2)),
        service.push_event("team/app", new, NEW.media_type, "next", at=START + timedelta(minutes=3)),
    ]
    shuffled = events * 2
    random.Random(20261122).shuffle(shuffled)
    for event in shuffled:
        service.deliver(event)
    service.drain()

    assert service.image(old).tags == ("latest",)
    assert service.image(new).tags == ("next",)
    assert service.event_types(old).count("ScanRequested") == 1
    assert sorted(service.charges()) == sorted([old, new])


def test_a_deletion_that_overtakes_its_push_still_wins(service: Service) -> None:
    digest = service.push("team/app", OLD, "1.0")
    service.deliver(service.delete_event("team/app", digest, at=START + timedelta(minutes=1)))
    service.deliver(service.push_event("team/app", digest, OLD.media_type, "1.0", at=START))
    service.drain()

    assert service.images() == []
    assert service.charges() == []


def test_eight_workers_that_get_the_same_event_at_once_write_it_once(service: Service) -> None:
    digest = service.push("team/app", OLD, "1.0")
    event = service.push_event("team/app", digest, OLD.media_type, "1.0", event_id="the-event")
    failures: list[BaseException] = []

    def deliver() -> None:
        try:
            service.deliver(event)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.drain()

    assert failures == []
    assert service.event_types(digest) == ["ImageTagged", "ScanRequested", "ScanCompleted"]
    assert service.charges() == [digest]


def test_two_workers_that_scan_the_same_image_at_once_give_one_answer(service: Service) -> None:
    digest = service.pushed("team/app", OLD, "1.0")
    client = service.app.account.queues.get_queue_client("scans")
    original = client.peek_messages()[0].content
    for _ in range(3):
        client.send_message(original)
    threads = [threading.Thread(target=service.drain) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.drain()

    assert service.event_types(digest).count("ScanCompleted") == 1
    assert service.charges() == [digest]


def test_a_rescan_is_free_and_writes_no_second_report(service: Service) -> None:
    from shared.domain.events import ScanRequested, Trigger
    from shared.domain.references import ImageId

    digest = service.pushed("team/app", OLD, "1.0")
    service.drain()
    reports = service.app.reports.container
    before = list(reports.names())
    requested = ScanRequested(scan_id="rescan-2026W47", repository="team/app", trigger=Trigger.RESCAN)
    service.app.request_scan.of_image(ImageId(service.host, digest), requested, cause="test", actor="test")
    service.drain()

    assert service.event_types(digest).count("ScanCompleted") == 2
    assert service.charges() == [digest]
    assert list(reports.names()) == before


def test_what_a_lost_hint_left_behind_is_found_by_the_sweep(service: Service) -> None:
    digest = service.pushed("team/app", OLD, "1.0")
    service.app.account.queues.get_queue_client("projections").clear_messages()
    assert service.images() == []

    swept = service.app.sweep()

    assert (swept.streams, swept.projected) == (1, 1)
    assert service.image(digest).health is Health.NOT_ASSESSED
