"""Walks over the real storage emulator: thousands of streams, in small slices, by workers whose requests fail."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from random import Random

import msgspec
import pytest
from azure.core.pipeline.transport import HttpTransport

from benchmarks.preparation.events import image_number, write_events
from shared.advisories.change_log import ChangeLog
from shared.bootstrap import App
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ImagePulled, ScanRequested, Trigger
from shared.domain.image import fold
from shared.domain.messages import Hint, ScanMessage
from shared.domain.rules import RuleScope
from shared.domain.stored_names import IMAGE_STREAM, STREAMS_TABLE
from shared.eventlog import keys
from shared.eventlog.directory import SHARDS, shard_of
from shared.eventlog.failures import is_transient
from shared.eventlog.streams import image_stream
from shared.projections.walks import passes
from shared.services.commands import command
from shared.services.walk import Slice, Walker
from shared.settings import Settings
from shared.storage.account import StorageAccount
from shared.storage.tables import Table
from tests.support.azurite import Azurite
from tests.support.change_logs import put_in_force
from tests.support.faults.transport import Breakage, FaultyTransport

IMAGES = 40  # that have events
SHARE = 0.03  # of all requests
MOST_DELIVERIES = 2_000
HIDDEN = 3_600  # seconds: longer than any test works on a message
ALL_AT_ONCE = 100  # rows a transaction may have


@dataclass(frozen=True)
class FaultyApp(App):
    """An app whose requests fail now and then, and whose walks go in slices of some dozens of streams."""

    breakage: Breakage = field(default_factory=lambda: Breakage(Random("walks"), SHARE))

    @cached_property
    def account(self) -> StorageAccount:
        return StorageAccount(self.settings.storage_connection, transport=FaultyTransport(self.breakage))

    @cached_property
    def walker(self) -> Walker:
        few = Slice(70, timedelta(minutes=1))
        return replace(super().walker, at_once=few, each=few)


@pytest.fixture
def app(azurite: Azurite, monkeypatch: pytest.MonkeyPatch) -> App:
    """An installation with the events of some images, and nothing projected; the SDK repeats requests at once."""
    monkeypatch.setattr(HttpTransport, "sleep", lambda self, seconds: None)
    storage = azurite.fresh_account()
    write_events(storage, IMAGES)
    return App(Settings(storage_connection=storage))


def enter(app: App, streams: int) -> set[str]:
    """Enter streams into the directory up to a number of them, past the log; return the names of all."""
    names = {str(image_stream(image_number(number))): number for number in range(streams)}
    table = Table(app.account, STREAMS_TABLE)
    for shard in range(SHARDS):
        mine = [name for name, number in names.items() if shard_of(image_stream(image_number(number))) == shard]
        rows = [{"PartitionKey": f"image-{shard:02d}", "RowKey": keys.escape(name)} for name in mine]
        for first in range(0, len(rows), ALL_AT_ONCE):
            table.transact([("upsert", row) for row in rows[first : first + ALL_AT_ONCE]])
    return set(names)


def begun(begin: Callable[[], object]) -> None:
    """Have a trigger fire until it gets to its end."""
    for _ in range(MOST_DELIVERIES):
        try:
            begin()
        except Exception as error:
            if not is_transient(error):
                raise
        else:
            return
    raise AssertionError("the walk was never begun")


def after_hours(app: App, hours: int) -> datetime:
    return app.clock() + timedelta(hours=hours)


def work_off(app: App, faulty: FaultyApp) -> int:
    """Deliver the messages of walks, now and then one that is done already; return how many deliveries it took."""
    chance = Random("acknowledged")
    client = app.account.queues.get_queue_client("walks")
    app.walks_queue.depth()
    for delivery in range(MOST_DELIVERIES):
        message = client.receive_message(visibility_timeout=HIDDEN)
        if message is None:
            return delivery
        try:
            faulty.work_walks(b64decode(message.content))
            done = chance.random() < 0.9
        except Exception as error:
            if not is_transient(error):
                raise
            done = False
        if done:
            client.delete_message(message)
        else:
            client.update_message(message, visibility_timeout=0)
    raise AssertionError("the walk came to no end")


def hinted(app: App) -> Counter[str]:
    """Take all hints, and count those to images by their streams: one to the rules comes anew after a minute."""
    return Counter(name for name in _hinted(app) if name.startswith(f"{IMAGE_STREAM}|"))


def _hinted(app: App) -> Iterator[str]:
    client = app.account.queues.get_queue_client("projections")
    while messages := list(client.receive_messages(messages_per_page=32, max_messages=32, visibility_timeout=HIDDEN)):
        yield from (msgspec.json.decode(b64decode(message.content), type=Hint).stream for message in messages)
    client.clear_messages()


def test_a_rule_reaches_every_one_of_many_images(app: App) -> None:
    names = enter(app, 1_600)
    faulty = FaultyApp(app.settings)
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me"))
    hinted(app)
    begun(lambda: faulty.project(Hint(str(app.rules.stream))))
    assert work_off(app, faulty) > 1_600 / 70
    told = hinted(app)
    assert set(told) == names
    assert sum(told.values()) < 2 * len(names)
    assert list(app.walk_states.all()) == []
    assert sum(faulty.breakage.injected.values()) > 25
    app.project(Hint(str(app.rules.stream)))
    assert app.walks_queue.depth() == 0


def test_a_sweep_sees_every_stream_once_whatever_fails(app: App) -> None:
    names = enter(app, 300)
    faulty = FaultyApp(app.settings)
    for hours in range(3):
        later = replace(faulty.walker, now=partial(after_hours, app, hours))
        begun(replace(faulty.sweep, walker=later))
        work_off(app, faulty)
    _, last = passes(list(app.walk_states.all()))
    assert last is not None
    assert (last.streams, last.failed) == (len(names), 0)
    assert all(app.images.get(image_number(number)) for number in range(IMAGES))


def test_a_rescan_is_requested_once_of_every_image_in_use(app: App) -> None:
    enter(app, 1_500)
    now = app.clock()
    for number in range(IMAGES):
        told = command(f"pull-{number}", "pull", at=now, actor="tests", cause="tests")
        app.transactor.run(image_stream(image_number(number)), fold, told, lambda state: [ImagePulled("team/app")])
        app.run_scan.give_up(ScanMessage(str(image_stream(image_number(number))), "asked"))
        app.projector.project(image_number(number))
    faulty = FaultyApp(app.settings)
    begun(replace(faulty.rescan, now=lambda: now).weekly)  # in one week, should another begin meanwhile
    work_off(app, faulty)
    year, week, _ = now.isocalendar()
    for number in range(IMAGES):
        events = [one.event for one in app.log.load(image_stream(image_number(number))).events]
        wanted = [event.scan_id for event in events if isinstance(event, ScanRequested)]
        assert wanted.count(f"rescan-{year}W{week:02d}") == 1


def test_new_advisories_have_every_image_matched_anew_once(app: App) -> None:
    enter(app, 1_500)
    for number in range(IMAGES):
        app.projector.project(image_number(number))
    put_in_force(app.snapshots, log := ChangeLog("snapshot-of-today"))
    faulty = FaultyApp(app.settings)
    begun(partial(replace(faulty.rescan_affected, at_once=5), log))
    assert work_off(app, faulty) > 16
    for number in range(IMAGES):
        events = [one.event for one in app.log.load(image_stream(image_number(number))).events]
        wanted = [one.changed for one in events if isinstance(one, ScanRequested) and one.trigger is Trigger.ADVISORY]
        assert [change.snapshot for change in wanted if change] == [log.snapshot]
