"""Dead letters are taken up again: one, those of a stream, or all."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.image_health import Health
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.messages import Hint
from shared.domain.rules import RuleScope
from shared.eventlog.streams import image_stream
from shared.services.query_images import ImageFilter
from shared.services.receive_event import ReceivedEvent
from tests.support.examples import REGISTRY, RESOURCE, START, digest, finding, image_id, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.poison import PoisonedApp

STREAM = str(image_stream(image_id(1)))
HINT = msgspec.json.encode(Hint(STREAM)).decode()


def stalled() -> PoisonedApp:
    """Return an app with a healthy image whose stream cannot be read any more, and with another image."""
    app = PoisonedApp()
    app.record_push(push("e1", 1))
    app.record_push(push("e2", 2, tag="v2"))
    app.work()
    app.record_push(push("e3", 1, minute=5, tag="v3"))
    app.poison(image_stream(image_id(1)))
    app.project.give_up(HINT)
    return app


def test_a_poison_event_stalls_its_stream_only_and_is_kept_with_its_error() -> None:
    app = stalled()
    app.record_push(push("e4", 2, minute=6, tag="v4"))
    app.projections_queue.take()
    app.project(Hint(str(image_stream(image_id(2)))))
    assert app.health(2).tags == ("v2", "v4")
    [letter] = app.requeue.letters()
    assert letter.content == STREAM
    assert letter.error == "UnknownEvent: event 3 is of type 'image-weighed', schema 1: upgrade Plimsoll to read it"


def test_a_stalled_image_never_looks_healthy() -> None:
    app = stalled()
    assert (app.health(1).health, app.health(1).reason) == (
        Health.NOT_ASSESSED,
        "its events cannot be projected: see the dead letters",
    )
    assert app.health(2).health is Health.HEALTHY


def test_a_stalled_image_is_not_healthy_in_trends_and_exposure_either() -> None:
    app = stalled()
    app.world.clock.forward(minutes=1)
    now = app.world.clock()
    [point] = app.query_trends(ImageFilter(), [now])
    assert (point.images["healthy"], point.images["not-assessed"]) == (1, 1)
    assert app.query_exposure.one(image_id(1), now).image.health is Health.NOT_ASSESSED


def test_what_was_bound_to_come_of_an_image_does_not_come_while_it_is_stalled() -> None:
    app = PoisonedApp()
    rule = FindingDisabled("r", RuleScope(), Criteria(("CVE-2026-0001",)), "later", "me", START + timedelta(days=1))
    app.disable_findings.disable(rule)
    app.world.advisories = MemoryAdvisories(report=report([finding()]))
    app.record_push(push("e1", 1))
    app.work()
    app.poison(image_stream(image_id(1)))
    app.project.give_up(HINT)
    [point] = app.query_trends(ImageFilter(), [START + timedelta(days=2)])
    assert point.images["not-assessed"] == 1


def test_a_letter_that_fails_again_stays_with_its_error() -> None:
    app = stalled()
    [letter] = app.requeue.letters(STREAM)
    assert "image-weighed" in app.requeue(letter)
    assert [one.content for one in app.requeue.letters()] == [STREAM]


def test_a_stream_that_was_mended_is_projected_from_where_it_stands_and_its_letter_goes() -> None:
    app = stalled()
    app.mend()
    [letter] = app.requeue.letters(STREAM)
    assert app.requeue(letter) == ""
    assert list(app.requeue.letters()) == []
    assert (app.health(1).health, app.health(1).tags) == (Health.HEALTHY, ("v1", "v3"))


def test_a_new_hint_of_a_mended_stream_shows_its_image_again() -> None:
    app = stalled()
    app.mend()
    app.project(Hint(STREAM))
    assert app.health(1).health is Health.HEALTHY


def test_the_sweep_takes_the_letters_of_mended_streams_away_and_goes_on_past_the_others() -> None:
    app = stalled()
    swept = app.sweep()
    assert (swept.streams, swept.failed) == (2, 1)
    assert len(list(app.requeue.letters())) == 1
    app.mend()
    assert app.sweep().failed == 0
    assert list(app.requeue.letters()) == []


def test_letters_are_found_by_their_stream_and_by_their_id() -> None:
    app = stalled()
    [letter] = app.requeue.letters()
    assert [*app.requeue.letters(letter.id), *app.requeue.letters(letter.content)] == [letter, letter]
    assert list(app.requeue.letters("image|nowhere.azurecr.io|x")) == []


def test_a_hint_that_nobody_can_read_is_kept_and_forgotten_when_it_is_requeued() -> None:
    app = MemoryApp()
    app.project.give_up("not a hint")
    [letter] = app.requeue.letters()
    assert letter.error.startswith("this is no hint")
    assert app.requeue(letter) == ""
    assert list(app.requeue.letters()) == []


def test_a_letter_of_an_earlier_version_that_holds_the_message_is_understood() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.dead_letters.add("projections", "old", "projecting failed", HINT, app.world.clock())
    [letter] = app.requeue.letters()
    assert app.requeue(letter) == ""
    assert app.health(1).scanning


def test_an_event_of_a_registry_that_is_watched_by_now_is_received_again() -> None:
    target = {"mediaType": DOCKER_MANIFEST, "digest": digest(1), "repository": "app", "tag": "v1"}
    request = {"id": "2", "host": REGISTRY, "method": "PUT"}
    stamp = "2026-11-02T10:00:00Z"
    body = {"id": "1", "timestamp": stamp, "action": "push", "target": target, "request": request}
    refused = MemoryApp()
    pushed = "Microsoft.ContainerRegistry.ImagePushed"
    refused.receive_event(ReceivedEvent("e1", pushed, RESOURCE + "2", body, refused.world.clock()))
    [letter] = refused.requeue.letters()
    assert "is not watched" in refused.requeue(letter)
    assert [one.id for one in refused.requeue.letters()] == [letter.id]

    watched = MemoryApp()
    content = letter.content.replace("contoso2", "contoso")
    watched.dead_letters.add(letter.source, letter.id, letter.error, content, letter.at)
    [letter] = watched.requeue.letters()
    assert watched.requeue(letter) == ""
    assert watched.stream().version > 0
    assert list(watched.requeue.letters()) == []
