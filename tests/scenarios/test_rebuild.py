"""A rebuild over real storage while pushes and scans go on: killed, resumed, compared, switched, and taken back."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import Any

from shared.domain import image
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.eventlog.streams import image_stream
from shared.projections.generations import Generation
from tests.support.command_line import SECONDS, command, finish
from tests.support.made_images import debian_image
from tests.support.service import Service

IMAGES = 40


def digests(service: Service) -> list[str]:
    """Push and scan images of which every other is healthy; each gets a stream of its own."""
    found = []
    for number in range(IMAGES):
        version = "3.0.15-1" if number % 2 else "3.0.11-1"
        content = debian_image({"openssl": version, f"filler{number}": "1"})
        found.append(service.pushed(f"team/app{number}", content, "1.0"))
    service.drain()
    return found


def equals_the_log(service: Service, generation: Generation) -> None:
    """Hold every row and charge of a generation against the fold of the log."""
    app = service.app
    rows = {}
    for name in app.log.streams("image"):
        about = ImageId(*name.parts)
        row = app.projector.fold(about, app.projector.rules_now())
        found = generation.images.get(about)
        assert found is not None
        assert found[0] == row
        rows[about] = row
    assert len(list(generation.images.rows())) == len(rows)
    charged = [about for about in rows if image.fold(app.log.load(image_stream(about)).events).charge]
    entries = list(generation.billing.entries())
    assert sorted(charge.image for _, charge in entries) == sorted(charged)
    assert sum(generation.billing.total(month) for month in {month for month, _ in entries}) == len(charged)


def _kill_a_rebuild(service: Service) -> None:
    app = service.app
    # Should it be done before it is killed, on a fast machine, it has not switched at least.
    running = command(service, "rebuild", "--workers", "1", "--no-switch")
    _await(lambda: app.generations.pointer().building == 2 and app.builds.replayed(2) > 0, running)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=SECONDS)


def test_a_rebuild_under_load_that_is_killed_and_resumed_equals_the_log_and_can_be_taken_back(
    service: Service,
) -> None:
    known = digests(service)
    app = service.app
    _kill_a_rebuild(service)
    assert app.generations.pointer().live == 1

    while_killed = service.pushed("team/late", debian_image({"openssl": "3.0.11-1", "late": "1"}), "1.0")
    service.drain()
    running = command(service, "rebuild", "--json")
    while_running = [
        service.pushed(f"team/later{number}", debian_image({"openssl": "3.0.11-1", f"later{number}": "1"}), "1.0")
        for number in range(5)
    ]
    service.drain()
    status, told = finish(running)
    service.drain()

    assert (status, told["switched"], told["wrong"], told["corrected"]) == (0, True, [], [])
    pointer = app.generations.pointer()
    assert (pointer.live, pointer.kept, pointer.building) == (2, (1,), None)
    equals_the_log(service, app.generations.number(2))
    equals_the_log(service, app.generations.number(1))
    time.sleep(3)  # readers follow in as long
    assert len(service.images()) == len({*known, while_killed, *while_running})
    assert service.image(known[0]).health is Health.UNHEALTHY
    assert service.image(known[1]).health is Health.HEALTHY

    status, told = finish(command(service, "rollback", "--json"))
    assert (status, told["live"], told["kept"]) == (0, 1, [2])
    after = service.pushed("team/after", debian_image({"openssl": "3.0.15-1", "after": "1"}), "1.0")
    service.drain()
    equals_the_log(service, app.generations.number(1))
    equals_the_log(service, app.generations.number(2))
    assert service.image(after).health is Health.HEALTHY
    assert finish(command(service, "drop", "2", "--json"))[0] == 0
    assert [one.name for one in app.account.tables.query_tables("TableName eq 'images2'")] == []


def test_a_live_generation_that_was_damaged_is_told_and_replaced(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}), "1.0")
    other = service.pushed("team/other", debian_image({"openssl": "3.0.15-1"}), "1.0")
    service.drain()
    images = service.app.generations.number(1).images.table
    right, wrong = images.get(service.host, other), images.get(service.host, digest)
    assert right is not None
    assert wrong is not None
    images.upsert({**wrong[0], "answer_0": right[0]["answer_0"]})

    status, told = finish(command(service, "rebuild", "--json", "--no-keep-old"))

    assert (status, told["switched"], told["wrong"]) == (0, True, [])
    [difference] = told["corrected"]
    assert difference["image"] == [service.host, digest]
    assert (difference["live"][:7], difference["built"][:9]) == ("healthy", "unhealthy")
    assert service.app.generations.pointer().kept == ()


def _await(done: Any, running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        ended = running.poll() is not None
        if done():
            return
        # What it did before it ended was seen: it had ended before the look.
        assert not ended, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
