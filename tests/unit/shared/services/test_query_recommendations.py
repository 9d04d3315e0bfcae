"""Recommendations: one for each upgrade, over all images, ordered by what is known of exploitation."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.findings import Finding
from shared.domain.recommendations import LeftOut, Recommendation
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.services.query_bases import QueryBases
from shared.services.query_images import ImageFilter
from shared.services.query_recommendations import QueryRecommendations
from tests.support.examples import deletion, finding, package, push, report
from tests.support.histories import histories, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.removed_registries import remove_registry
from tests.support.signal_feeds import epss, kev, put_in_force


def scanned(app: MemoryApp, number: int, hits: Sequence[Finding], repository: str = "shop") -> None:
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.record_push(push(f"e{number}", number, repository=repository, tag=f"v{number}"))
    app.work()


def hit(number: int, name: str, severity: Severity = Severity.HIGH, fixed: str | None = "9") -> Finding:
    return finding(f"CVE-2026-000{number}", severity, of=package(name), fixed_version=fixed)


def told(listed: Sequence[Recommendation]) -> list[tuple[str, int | None, float | None]]:
    return [(one.package, one.exploited, one.epss) for one in listed]


KEV = kev("CVE-2026-0002", "CVE-2026-0007", "CVE-2026-0008")
EPSS = epss(CVE_2026_0001=0.3, CVE_2026_0002=0.1, CVE_2026_0004=0.9, CVE_2026_0005=0.4, CVE_2026_0008=0.8)
HITS = (
    hit(1, "a"),
    hit(5, "a", Severity.LOW),
    hit(2, "b"),
    hit(3, "c"),
    hit(3, "d", fixed=None),
    hit(7, "e", fixed=None),
)


@pytest.fixture
def signalled(tmp_path: Path) -> MemoryApp:
    """Two images with flaws of which some are exploited, and a rule that hides the worst of them."""
    app = MemoryApp()
    scanned(app, 1, HITS)
    scanned(app, 2, (*HITS, hit(4, "c"), hit(8, "c")), repository="till")
    hidden = Criteria(cves=("CVE-2026-0004", "CVE-2026-0008"))
    app.disable_findings.disable(FindingDisabled("r", RuleScope(), hidden, "not reachable", "me"))
    app.work()
    app.world.clock.forward(hours=1)
    put_in_force(app, tmp_path, KEV, EPSS)
    return app


def test_what_is_exploited_comes_first_and_what_rules_hide_is_not_counted(signalled: MemoryApp) -> None:
    listed = told(signalled.query_recommendations(None))
    assert listed == [("b", 2, 0.1), ("a", 0, 0.4), ("c", 0, None), ("e", 2, None), ("d", 0, None)]
    of_one = told(signalled.query_recommendations(None, ImageFilter(repository="till")))
    assert of_one == [("b", 1, 0.1), ("a", 0, 0.4), ("c", 0, None), ("e", 1, None), ("d", 0, None)]


def test_as_of_a_time_recommendations_are_those_that_were_shown_then(signalled: MemoryApp, tmp_path: Path) -> None:
    before = signalled.query_recommendations(None)
    at = signalled.world.clock()
    assert signalled.query_recommendations(at) == before
    signalled.world.clock.forward(days=1)
    put_in_force(signalled, tmp_path, kev("CVE-2026-0001", "CVE-2026-0003", "CVE-2026-0006"), EPSS)
    assert told(signalled.query_recommendations(None))[:3] == [("a", 2, 0.4), ("c", 2, None), ("b", 0, 0.1)]
    assert signalled.query_recommendations(at) == before


def test_images_of_a_registry_that_was_removed_are_left_out_and_so_is_their_exploitation(signalled: MemoryApp) -> None:
    before, then = told(signalled.query_recommendations(None)), signalled.world.clock()
    signalled.world.advisories = MemoryAdvisories(report=report(HITS))
    signalled.record_push(push("e9", 9, minute=1, registry="fabrikam.azurecr.io"))
    signalled.work()
    assert told(signalled.query_recommendations(None))[0] == ("b", 3, 0.1)
    signalled.world.clock.forward(minutes=1)
    remove_registry(signalled, "fabrikam.azurecr.io")
    assert told(signalled.query_recommendations(None)) == before
    assert told(signalled.query_recommendations(signalled.world.clock())) == before
    assert signalled.query_recommendations.left_out(None) == LeftOut(1, ("fabrikam.azurecr.io",))
    assert signalled.query_recommendations.left_out(signalled.world.clock()) == LeftOut(1, ("fabrikam.azurecr.io",))
    assert signalled.query_recommendations.left_out(None, ImageFilter(repository="elsewhere")) is None
    assert signalled.query_recommendations.left_out(then) is None


def test_without_signals_nothing_is_said_of_them(tmp_path: Path) -> None:
    app = MemoryApp()
    scanned(app, 1, HITS)
    assert told(app.query_recommendations(None)) == [(name, None, None) for name in "abcde"]
    put_in_force(app, tmp_path, None, EPSS)
    assert told(app.query_recommendations(None))[0] == ("a", None, 0.4)


def test_what_is_below_the_threshold_or_in_a_deleted_image_is_not_counted(signalled: MemoryApp) -> None:
    scanned(signalled, 3, [hit(2, "b", Severity.NEGLIGIBLE)])
    assert told(signalled.query_recommendations(None))[0] == ("b", 2, 0.1)
    signalled.receive_event.record_deletion(deletion("d1", 2, 90, "till"))
    signalled.work()
    assert told(signalled.query_recommendations(None))[0] == ("b", 1, 0.1)


def test_upgrades_that_weigh_the_same_are_in_a_fixed_order() -> None:
    hits = [finding(f"CVE-{name}", of=package("same", ecosystem=name)) for name in ("npm", "PyPI", "Debian")]
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.record_push(push("e1"))
    app.work()
    assert [one.ecosystem for one in app.query_recommendations(None)] == ["Debian", "PyPI", "npm"]


def test_an_upgrade_shows_what_each_image_has_installed() -> None:
    app = MemoryApp()
    for number, version in ((1, "3.0.1"), (2, "3.0.0")):
        hit = finding("CVE-1", Severity.HIGH, of=package(version=version), fixed_version=f"{version}+fix")
        app.world.advisories = MemoryAdvisories(report=report([hit]))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
    [made] = app.query_recommendations(None)
    assert made.fixed_versions == ("3.0.0+fix", "3.0.1+fix")
    assert sorted(affected.installed for affected in made.images) == ["3.0.0", "3.0.1"]
    assert sorted(affected.tags for affected in made.images) == [("v1",), ("v2",)]


@example([("two flaws", 0), ("push", 0), ("push", 3), ("delete", 30), ("rule", 3), ("pull", 0)])
@example([("one flaw", 0), ("push", 0), ("copy", 0), ("two flaws", 1), ("push", 4), ("clean", 0), ("push", 80)])
@settings(max_examples=25, deadline=None)
@given(histories)
def test_what_is_kept_from_question_to_question_is_what_is_read_from_scratch(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
        kept = app.query_recommendations(None)
        known = app.query_bases
        bases = QueryBases(known.images, app.new_index(), known.threshold, known.signals)
        anew = QueryRecommendations(bases, app.query_recommendations.removed)
        assert kept == anew(None)
        assert kept == app.query_recommendations(app.world.clock())
