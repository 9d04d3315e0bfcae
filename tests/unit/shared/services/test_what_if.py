"""What would be otherwise, held against what is once it is otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.domain.rule_book import InvalidRule, RuleNotFound
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.domain.stored_names import IMAGE_STREAM, REPORTS_CONTAINER, STREAM_KINDS
from shared.domain.support import SupportMatrix
from shared.domain.suppositions import Supposition
from shared.domain.what_if import WhatIfAnswer
from shared.eventlog.streams import image_of, image_stream
from shared.projections.outbox import PARTITIONS
from shared.services.query_images import ImageFilter
from shared.services.what_if import Bound, TooManyImages, WhatIfQuestion, WhatIfTooLong
from tests.support.examples import REGISTRY, finding, image_id, package, push, report
from tests.support.histories import histories, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.poison import PoisonedApp
from tests.support.removed_registries import remove_registry
from tests.support.shared_log import SharedLogApp

MONTHS = ("2026-11", "2026-12")
FLAWS = (finding("CVE-1"), finding("CVE-2", Severity.LOW, package("zlib")))


def supposing(app: MemoryApp, at: datetime | None = None, **supposed: Any) -> WhatIfAnswer:
    return app.what_if(WhatIfQuestion(Supposition(**supposed), until=at, most=10_000))


def rule(criteria: Criteria, rule_id: str = "supposed", expires: datetime | None = None) -> FindingDisabled:
    return FindingDisabled(rule_id, RuleScope(), criteria, "accepted", "me", expires)


def lived(deeds: list[tuple[str, int]], app: MemoryApp | None = None) -> MemoryApp:
    app = app or MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
    return app


type Shown = dict[ImageId, tuple[Health, str, frozenset[str]]]


def shown(app: MemoryApp, at: datetime | None) -> Shown:
    """Return health, reason and open findings of every image, as the API answers."""
    found = {}
    for answer in app.query_images.images_matching(ImageFilter(), at):
        about = ImageId(answer.health.registry, answer.health.digest)
        judged = app.query_images.findings(about, at)
        still_open = frozenset(one.finding.id for one in judged if one.disabled_by is None)
        found[about] = (answer.health.health, answer.health.reason, still_open)
    return found


def holds(told: WhatIfAnswer, before: Shown, after: Shown) -> None:
    """Hold an answer against what is shown without and with what was supposed."""
    moves = {(one.before, one.after): one.images for one in told.health}
    assert told.images == sum(moves.values()) == len(before) == len(after)
    for pair, count in moves.items():
        assert count == sum((before[about][0], after[about][0]) == pair for about in before)
    listed = {ImageId(one.registry, one.digest): one for one in told.value}
    differ = {one for one in before if before[one][0] != after[one][0] or before[one][2] != after[one][2]}
    assert set(listed) == differ
    for about, one in listed.items():
        assert (one.before.health, one.before.reason) == before[about][:2]
        assert (one.after.health, one.after.reason) == after[about][:2]
        assert {moved.id for moved in one.come.value} == after[about][2] - before[about][2]
        assert {moved.id for moved in one.go.value} == before[about][2] - after[about][2]


def bill(app: MemoryApp, at: datetime | None = None) -> dict[str, int]:
    counts = {month: len(app.query_billing.charges(month, at)) for month in MONTHS}
    return {month: count for month, count in counts.items() if count}


def advice(app: MemoryApp, at: datetime | None) -> int:
    return sum(one.base is None for one in app.query_recommendations(at))


CRITERIA = st.builds(
    Criteria,
    cves=st.sampled_from([(), ("CVE-1",), ("CVE-2",), ("CVE-9",)]),
    severity_below=st.sampled_from([None, Severity.HIGH, Severity.CRITICAL]),
    tags=st.sampled_from([(), ("v1",), ("v*",)]),
    not_exploited=st.sampled_from([False, False, True]),
    epss_below=st.sampled_from([None, None, 0.1, 0.5]),
).filter(lambda criteria: not criteria.empty)


# Scores that rules go by already, that none went by yet, and none at all.
@example(
    [("scored flaws", 2), ("signals", 0), ("push", 0), ("unlikely rule", 0), ("signals", 3)], Criteria(epss_below=0.1)
)
@example([("scored flaws", 2), ("signals", 3), ("push", 0)], Criteria(epss_below=0.5, not_exploited=True))
@example([("scored flaws", 1), ("push", 0), ("signals", 7)], Criteria(epss_below=0.5))
@settings(max_examples=40)
@given(histories, CRITERIA)
def test_a_rule_that_is_then_made_does_what_was_said(deeds: list[tuple[str, int]], criteria: Criteria) -> None:
    app = lived(deeds)
    told, before = supposing(app, rule=rule(criteria, "what-if")), shown(app, None)
    previewed = app.preview_rule(rule(criteria))
    app.disable_findings.disable(rule(criteria))
    app.work()
    after = shown(app, None)
    holds(told, before, after)
    assert previewed.findings == sum(len(before[about][2] - after[about][2]) for about in before)
    assert told.recommendations.after == advice(app, None)
    assert {one.month: (one.before, one.after) for one in told.bill.months} == {
        month: (count, count) for month, count in bill(app).items()
    }


def test_of_a_registry_that_was_removed_no_recommendation_comes_or_goes() -> None:
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    app.work()
    app.world.clock.forward(minutes=1)
    before = app.world.clock()
    told = supposing(app, unhealthy_from=Severity.CRITICAL).recommendations
    assert (told.before, told.after) == (advice(app, None), 0) == (1, 0)
    app.world.clock.forward(minutes=1)
    remove_registry(app, REGISTRY)
    told = supposing(app, unhealthy_from=Severity.CRITICAL).recommendations
    assert (told.before, told.after) == (advice(app, None), 0) == (0, 0)
    assert advice(app, before) == 1


@settings(max_examples=40)
@given(histories, st.sampled_from(list(Severity)))
def test_a_threshold_that_is_then_set_does_what_was_said(deeds: list[tuple[str, int]], threshold: Severity) -> None:
    app = lived(deeds)
    told, before = supposing(app, unhealthy_from=threshold), shown(app, None)
    again = lived(deeds, MemoryApp(msgspec.structs.replace(app.settings, unhealthy_from=threshold)))
    holds(told, before, shown(again, None))
    assert told.recommendations.before == advice(app, None)
    assert told.recommendations.after == advice(again, None)


@settings(max_examples=40)
@given(histories, st.integers(0, 13), st.sampled_from(list(Severity)))
def test_the_answer_as_of_a_time_is_that_of_the_api(
    deeds: list[tuple[str, int]], step: int, threshold: Severity
) -> None:
    app = MemoryApp()
    moment = app.world.clock()
    for number, deed in enumerate(deeds):
        live(app, *deed)
        if number == step:
            moment = app.world.clock()
    again = lived(deeds, MemoryApp(msgspec.structs.replace(app.settings, unhealthy_from=threshold)))
    told = supposing(app, moment, unhealthy_from=threshold)
    holds(told, shown(app, moment), shown(again, moment))
    assert {one.month: one.before for one in told.bill.months} == bill(app, moment)
    assert told.recommendations.before == advice(app, moment)


def contents(app: MemoryApp) -> Any:
    """Return everything that is stored and queued."""
    tables = {name: dict(table.rows) for name, table in app.tables.items()}
    blobs = {name: dict(container.blobs) for name, container in app.containers.items()}
    streams = {str(name): app.log.load(name).events for kind in STREAM_KINDS for name in app.log.streams(kind)}
    return tables, blobs, streams, [len(queue.take()) for queue in app.queues.values()]


@settings(max_examples=25)
@given(histories)
def test_nothing_is_written(deeds: list[tuple[str, int]]) -> None:
    app = lived(deeds)
    before = contents(app)
    supposing(app, rule=rule(Criteria(("CVE-1",))), unhealthy_from=Severity.HIGH)
    supposing(app, support_matrix=SupportMatrix.DEFENDER, readers=True)
    assert contents(app) == before


@settings(max_examples=40)
@given(histories, st.sampled_from(list(Severity)))
def test_the_past_differs_as_the_histories_do(deeds: list[tuple[str, int]], threshold: Severity) -> None:
    app = lived(deeds)
    again = lived(deeds, MemoryApp(msgspec.structs.replace(app.settings, unhealthy_from=threshold)))
    past = supposing(app, unhealthy_from=threshold).past
    before, after = Counter(changes(app)), Counter(changes(again))
    assert Counter((one.digest, one.time, one.was, one.to) for one in past.changes_avoided.value) == before - after
    assert Counter((one.digest, one.time, one.was, one.to) for one in past.changes_added.value) == after - before
    assert past.changes_avoided.count == (before - after).total()


def changes(app: MemoryApp) -> Iterator[tuple[object, ...]]:
    for name in app.log.streams(IMAGE_STREAM):
        for entry in app.query_history(image_of(name), None):
            if entry.health and entry.health.was is not entry.health.to:
                yield image_of(name).digest, entry.recorded.meta.recorded_at, entry.health.was, entry.health.to


QUIET = st.lists(
    st.tuples(
        st.sampled_from(["push", "copy", "delete", "pull", "fail", "clean", "one flaw", "two flaws", "no coverage"]),
        st.integers(0, 89),
    ),
    max_size=14,
)


@settings(max_examples=40)
@given(QUIET, st.sampled_from(list(Severity)))
@example([("push", 0), ("one flaw", 0), ("delete", 0), ("one flaw", 1), ("push", 0)], Severity.CRITICAL)
def test_notices_differ_as_those_that_are_left(deeds: list[tuple[str, int]], threshold: Severity) -> None:
    told = msgspec.structs.replace(MemoryApp().settings, notification_topic_endpoint="https://topic.example/api")
    app = lived(deeds, MemoryApp(told))
    again = lived(deeds, MemoryApp(msgspec.structs.replace(told, unhealthy_from=threshold)))
    past = supposing(app, unhealthy_from=threshold).past
    before, after = Counter(notices(app)), Counter(notices(again))
    assert Counter((one.time, one.kind, one.finding_count) for one in past.notices_avoided.value) == before - after
    assert Counter((one.time, one.kind, one.finding_count) for one in past.notices_added.value) == after - before


def notices(app: MemoryApp) -> Iterator[tuple[object, ...]]:
    for partition in PARTITIONS:
        for one in app.outbox.waiting(partition, 1000):
            told = one.event
            yield datetime.fromisoformat(told["time"]), told["type"], told["data"]["findingCount"]


@settings(max_examples=40)
@given(histories)
def test_without_its_rules_a_history_is_one_in_which_none_was_made(deeds: list[tuple[str, int]]) -> None:
    app = lived(deeds)
    again = lived([("hours", 0) if "rule" in deed else (deed, number) for deed, number in deeds])
    answer = supposing(app, without=tuple(app.rules.book().rules), unhealthy_from=app.settings.unhealthy_from)
    holds(answer, shown(app, None), shown(again, None))
    before, after = Counter(changes(app)), Counter(changes(again))
    assert answer.past.changes_avoided.count == (before - after).total()
    assert answer.past.changes_added.count == (after - before).total()


def installation() -> MemoryApp:
    """Return an app with three images: with both flaws, with the low one, and with none."""
    app = MemoryApp()
    for number, flaws in enumerate((FLAWS, FLAWS[1:], ()), start=1):
        app.world.advisories = MemoryAdvisories(report=report(flaws))
        app.record_push(push(f"e{number}", number, repository=f"team/app{number}", tag=f"v{number}"))
        app.work()
    return app


def test_images_that_change_are_listed_the_worst_first_and_with_their_findings() -> None:
    answer = supposing(installation(), rule=rule(Criteria(severity_below=Severity.CRITICAL, cves=("CVE-2",))))
    assert [(one.repository, one.before.health, one.after.health) for one in answer.value] == [
        ("team/app1", Health.UNHEALTHY, Health.UNHEALTHY),
        ("team/app2", Health.UNHEALTHY, Health.HEALTHY),
    ]
    assert [[moved.cve for moved in one.go.value] for one in answer.value] == [["CVE-2"], ["CVE-2"]]
    assert (answer.findings.before["low"], answer.findings.after["low"]) == (2, 0)
    assert (answer.recommendations.before, answer.recommendations.after) == (2, 1)


def test_a_rule_that_expires_in_the_past_has_done_so() -> None:
    app = installation()
    made = app.world.clock()
    app.world.clock.forward(days=2)
    told = rule(Criteria(("CVE-2",)), expires=app.world.clock() + timedelta(days=1))
    answer = app.what_if(WhatIfQuestion(Supposition(rule=told), until=made))
    assert answer.changed == 2
    with pytest.raises(InvalidRule, match="would have expired"):
        supposing(app, rule=rule(Criteria(("CVE-2",)), expires=made))


def test_a_rule_that_was_never_made_cannot_be_left_out() -> None:
    with pytest.raises(RuleNotFound, match=r"no rule has the id .lost."):
        supposing(installation(), without=("lost",))


@pytest.mark.parametrize(
    ("narrowed", "images"),
    [({"registry": REGISTRY}, 3), ({"registry": "other.azurecr.io"}, 0), ({"repository": "team/app2"}, 1)],
)
def test_a_question_is_narrowed_down(narrowed: dict[str, str], images: int) -> None:
    answer = installation().what_if(WhatIfQuestion(Supposition(unhealthy_from=Severity.HIGH), **narrowed))  # type: ignore[arg-type]
    assert (answer.images, answer.bill.before) == (images, images)


def test_a_sample_says_how_many_images_are_beyond_it() -> None:
    asked = WhatIfQuestion(Supposition(unhealthy_from=Severity.HIGH), sample=1)
    answer = installation().what_if(asked)
    assert (answer.images, answer.left_out) == (1, 2)


def test_more_images_than_a_request_may_compare_are_refused_with_the_command_that_does() -> None:
    asked = WhatIfQuestion(Supposition(unhealthy_from=Severity.HIGH))
    with pytest.raises(TooManyImages, match=r"more than 2 images: .* `python -m cli what-if`"):
        installation().what_if(asked, bound=Bound(images=2))
    assert installation().what_if(asked, bound=Bound(images=3)).images == 3


def test_a_request_that_takes_too_long_ends_with_the_command_that_takes_its_time() -> None:
    asked = WhatIfQuestion(Supposition(unhealthy_from=Severity.HIGH))
    seconds = iter(range(0, 1000, 40))
    slow = replace(installation().what_if, elapsed=lambda: float(next(seconds)))
    with pytest.raises(WhatIfTooLong, match=r"2 of 3 images were compared in 60 seconds: .* `python -m cli what-if`"):
        slow(asked, bound=Bound())


def test_progress_counts_every_image() -> None:
    done: list[tuple[int, int]] = []
    asked = WhatIfQuestion(Supposition(unhealthy_from=Severity.HIGH))
    installation().what_if(asked, lambda one, of: done.append((one, of)))
    assert done == [(1, 3), (2, 3), (3, 3)]


def test_an_image_whose_report_is_lost_is_counted_and_the_others_are_compared() -> None:
    app = installation()
    scan = app.state(1).last_scan
    assert scan is not None
    del app.containers[REPORTS_CONTAINER].blobs[f"{scan.event.report}.json.gz"]
    fresh = SharedLogApp(app.settings, app.world, app.tables, app.containers, app.queues, app)
    answer = supposing(fresh, unhealthy_from=Severity.HIGH)
    assert (answer.images, answer.unreadable) == (2, 1)


def test_a_stream_that_cannot_be_read_is_counted_and_the_others_are_compared() -> None:
    app = PoisonedApp()
    for number in (1, 2):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.work()
    app.poison(image_stream(image_id(1)))
    answer = supposing(app, unhealthy_from=Severity.HIGH)
    assert (answer.images, answer.unreadable) == (1, 1)
