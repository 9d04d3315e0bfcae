"""The index says, after any history, what the table, the log and the reports say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings

from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health, ImageHealth, JudgedFinding, worst_image_first
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.findings_index.interface import Found, ImagePosition
from shared.projections.image_rows import ImageAnswer
from shared.services.query_images import ImageFilter
from tests.support.examples import REGISTRY, digest
from tests.support.histories import histories, live
from tests.support.memory_app import MemoryApp

CRITERIA = (
    FindingCriteria(),
    FindingCriteria(cve="cve-1"),
    FindingCriteria(cve="DEBIAN-CVE-2"),
    FindingCriteria(package="OpenSSL", version="3.0.1"),
    FindingCriteria(package="openssl", version="3.0.2"),
    FindingCriteria(version="3.0.1", repository="copy"),
    FindingCriteria(severity=Severity.LOW),
    FindingCriteria(disabled=True),
    FindingCriteria(disabled=False, repository="app"),
    FindingCriteria(registry=REGISTRY, digest=digest(1)),
    FindingCriteria(registry="fabrikam.azurecr.io"),
    FindingCriteria(fixable=True, severity=Severity.UNKNOWN),
    FindingCriteria(fixable=False),
)
FILTERS = (
    ImageFilter(),
    ImageFilter(registry=REGISTRY, health=Health.UNHEALTHY),
    ImageFilter(repository="copy"),
    ImageFilter(health=Health.NOT_ASSESSED),
)


def listed(app: MemoryApp, wanted: ImageFilter) -> list[ImageAnswer]:
    """List images without the index."""
    found = app.images.listed(registry=wanted.registry, health=wanted.health)
    return sorted((one for one in found if wanted.holds(one.health)), key=lambda one: worst_image_first(one.health))


def judged(app: MemoryApp) -> list[tuple[ImageHealth, JudgedFinding]]:
    """Give all findings of all images without the index."""
    shown = [answer.health for answer in listed(app, ImageFilter())]
    asked = ((health, app.query_images.findings(ImageId(health.registry, health.digest), None)) for health in shown)
    return [(health, one) for health, findings in asked for one in findings]


def in_any_order(pairs: list[tuple[ImageHealth, JudgedFinding]]) -> list[Any]:
    return sorted((repr(health), repr(one)) for health, one in pairs)


def assert_same(app: MemoryApp) -> None:
    for wanted in FILTERS:
        assert app.query_images.images_matching(wanted, None) == listed(app, wanted)
    everything = judged(app)
    for criteria in CRITERIA:
        expected = [pair for pair in everything if criteria.hold(*pair)]
        found = list(app.findings_index.findings(criteria))
        assert in_any_order(found) == in_any_order(expected)
        assert app.findings_index.count(criteria) == len(expected)


@example([("one flaw", 0), ("push", 0), ("rule", 3), ("pull", 1), ("pull", 0)])
@example([("two flaws", 0), ("push", 0), ("delete", 30), ("push", 80), ("copy", 0), ("rule", 4)])
@example([("two flaws", 1), ("push", 0), ("rule", 1), ("no rule", 0), ("rule", 5), ("copy", 0)])
@example([("scored flaws", 2), ("push", 0), ("signals", 0), ("unlikely rule", 0), ("signals", 1), ("signals", 3)])
@example([("scored flaws", 2), ("copy", 0), ("signals", 1), ("unlikely rule", 3), ("unlikely rule", 4), ("signals", 2)])
@settings(max_examples=20)
@given(histories)
def test_after_every_step_of_any_history_the_index_says_what_table_log_and_reports_say(
    deeds: list[tuple[str, int]],
) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
        assert_same(app)
    # A rule may expire without anybody projecting anew: its findings count again at that moment.
    app.world.clock.forward(minutes=3)
    assert in_any_order(list(app.findings_index.findings(FindingCriteria()))) == in_any_order(judged(app))


@settings(max_examples=15)
@given(histories)
def test_an_index_that_is_made_at_the_end_is_the_one_that_followed(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
        app.findings_index.revision()
    made = app.new_index()
    assert list(made.images()) == list(app.findings_index.images())
    for criteria in CRITERIA:
        assert list(made.found(criteria)) == list(app.findings_index.found(criteria))


@settings(max_examples=15)
@given(histories)
def test_pages_are_the_list_and_lists_are_in_order(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
    found = list(app.findings_index.found(FindingCriteria()))
    assert found == sorted(found, key=lambda one: one.position)
    assert pages_of_findings(app) == found
    assert pages_of_images(app) == list(app.findings_index.images())


def pages_of_findings(app: MemoryApp) -> list[Found]:
    found: list[Found] = []
    while page := list(
        app.findings_index.found(FindingCriteria(), after=found[-1].position if found else None, most=1)
    ):
        found += page
    return found


def pages_of_images(app: MemoryApp) -> list[ImageAnswer]:
    found: list[ImageAnswer] = []
    while page := list(app.findings_index.images(after=position(found[-1]) if found else None, most=1)):
        found += page
    return found


def position(answer: ImageAnswer) -> ImagePosition:
    return ImagePosition(*worst_image_first(answer.health))


@settings(max_examples=15)
@given(histories)
def test_between_two_equal_revisions_nothing_changed_and_changes_name_what_did(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    index = app.findings_index
    shown, revision = contents(app), index.revision()
    for deed, number in deeds:
        live(app, deed, number)
        after = index.revision()
        changed, now = set(index.changes(revision)), contents(app)
        different = {image for image in shown.keys() | now.keys() if shown.get(image) != now.get(image)}
        assert different <= changed
        assert after != revision or not different
        shown, revision = now, after


def contents(app: MemoryApp) -> dict[ImageId, Any]:
    """Give what the index says of each image; its findings by id, as signals order them otherwise and change none."""
    said: dict[ImageId, Any] = {}
    for answer in app.findings_index.images():
        said[ImageId(answer.health.registry, answer.health.digest)] = [answer]
    found = app.findings_index.findings(FindingCriteria())
    for health, one in sorted(found, key=lambda pair: pair[1].finding.id):
        said[ImageId(health.registry, health.digest)].append(one)
    return said


@pytest.mark.parametrize("minutes", [1.999, 2.001])
def test_a_rule_disables_up_to_the_moment_at_which_it_expires(minutes: float) -> None:
    app = MemoryApp()
    for deed, number in (("one flaw", 0), ("push", 0), ("rule", 3)):
        live(app, deed, number)
    index = app.findings_index
    index.seconds = 3600  # nothing is looked for any more
    assert index.count(FindingCriteria(disabled=True)) == 1
    app.world.clock.at += timedelta(minutes=minutes)
    assert index.count(FindingCriteria(disabled=True)) == (minutes < 2)
