"""Rules on EPSS scores: they follow the table from event to event, and hide nothing that has no score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from functions import advisories, gate, images, rules
from shared.domain.events import ScoresAdopted
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health
from shared.domain.severity import Severity
from tests.support.examples import finding, image_id, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.ruled_app import ONE, hidden, made_rule, one_image, rule_events
from tests.support.signal_feeds import epss, put_in_force, write_feeds
from tests.support.triggers import Tick, ask

NO_CVE, UNSCORED = finding("GHSA-1", Severity.LOW), finding("CVE-2026-0003", Severity.LOW)
HITS = [finding("CVE-2026-0001"), finding("DSA-2", aliases=("CVE-2026-0002",)), NO_CVE, UNSCORED]
BODY: dict[str, Any] = {"criteria": {"epssBelow": 0.1}, "reason": "nobody is likely to exploit it"}
SCORES = {"CVE_2026_0001": 0.02, "CVE_2026_0002": 0.3, "CVE_2025_0001": 0.01}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    """One image with four flaws: of two there is a score, low and high."""
    places = write_feeds(tmp_path, None, epss(**SCORES))
    return one_image(HITS, dict(places), monkeypatch)


@pytest.fixture
def ruled(app: MemoryApp) -> MemoryApp:
    """The same with the table in force, and a rule."""
    advisories.refresh_signals(Tick())
    app.world.clock.forward(minutes=1)
    made()
    app.work()
    return app


def made(**changes: Any) -> dict[str, Any]:
    return made_rule({**BODY, **changes})


def scored(app: MemoryApp, folder: Path, **scores: float) -> None:
    """Let the table have other scores, and its timer run, a day later."""
    app.world.clock.forward(days=1)
    write_feeds(folder, None, epss(**SCORES | scores))
    advisories.refresh_signals(Tick())
    app.work()


def test_it_hides_what_is_known_to_have_a_low_score_and_nothing_without_one(ruled: MemoryApp) -> None:
    assert rule_events(ruled) == ["ScoresAdopted", "FindingDisabled"]
    assert hidden() == ["CVE-2026-0001"]
    assert (ruled.health().health, ruled.health().disabled_findings) == (Health.UNHEALTHY, 1)


def test_what_was_adopted_is_all_that_the_table_has_also_of_flaws_that_no_image_has(ruled: MemoryApp) -> None:
    [adopted, _] = ruled.log.load(ruled.rules.stream).events
    assert adopted.event == ScoresAdopted(
        below=0.1, at_hand=True, edition="2026-11-01", added={"2025": "1", "2026": "1"}
    )


def test_a_score_that_rises_over_the_limit_lets_a_finding_count_again_and_the_history_says_why(
    ruled: MemoryApp, tmp_path: Path
) -> None:
    before = ruled.world.clock()
    scored(ruled, tmp_path, CVE_2026_0001=0.1)
    risen = ruled.world.clock()
    assert hidden() == []
    [newest, *_] = ask(images.list_history, route=ONE)[1]["value"]
    assert (newest["stream"], newest["type"], newest["data"]["removed"]) == ("rules", "scores-adopted", {"2026": "1"})
    assert newest["health"]["because"] == [
        {
            "kind": "signals",
            "what": "the EPSS scores of 2026-11-01 are others: 0 CVEs came below 0.1, 1 no longer are",
        }
    ]
    assert [one["cve"] for one in newest["health"]["findings"]] == ["CVE-2026-0001"]
    scored(ruled, tmp_path)
    assert hidden() == ["CVE-2026-0001"]
    assert [hidden(at) for at in (before, risen)] == [["CVE-2026-0001"], []]


def test_health_changes_with_the_scores_alone(ruled: MemoryApp, tmp_path: Path) -> None:
    ruled.world.advisories = MemoryAdvisories(report=report(HITS[:1]))
    ruled.record_push(push("e2", 2))
    ruled.work()
    assert ruled.health(2).health is Health.HEALTHY  # it was pushed after the scores were adopted
    scored(ruled, tmp_path, CVE_2026_0001=0.9)
    assert ruled.health(2).health is Health.UNHEALTHY
    scored(ruled, tmp_path)
    assert ruled.health(2).health is Health.HEALTHY


def test_a_preview_says_which_signals_are_missing(app: MemoryApp) -> None:
    def missing(**criteria: Any) -> str | None:
        status, told = ask(rules.preview_rule, method="POST", body={"criteria": criteria})
        assert status == 200
        return str(told["missing"]) if told["missing"] else None

    assert missing(epssBelow=0.1) == "no exploit signals are at hand"
    assert missing(cves=["CVE-2026-0001"]) is None
    advisories.refresh_signals(Tick())
    app.world.clock.forward(minutes=1)
    assert missing(epssBelow=0.1) is None
    assert "no known exploited" in str(missing(epssBelow=0.1, notExploited=True))


def test_every_limit_has_its_own_scores(ruled: MemoryApp, tmp_path: Path) -> None:
    made(criteria={"epssBelow": 0.5}, scope={"repository": "other"})
    higher = made(criteria={"epssBelow": 0.35, "severityBelow": "critical"})
    ruled.work()
    assert hidden() == ["CVE-2026-0001", "DSA-2"]
    scored(ruled, tmp_path, CVE_2026_0001=0.2, CVE_2026_0002=0.4)
    assert hidden() == ["CVE-2026-0001"]
    ask(rules.remove_rule, "/x?reason=done", method="DELETE", route={"id": higher["id"]})
    ruled.work()
    assert hidden() == []
    count = len(rule_events(ruled))
    scored(ruled, tmp_path, CVE_2026_0001=0.05, CVE_2026_0002=0.6)
    assert rule_events(ruled)[count:] == ["ScoresAdopted"] * 2  # for the two limits that are left


def test_a_table_that_says_the_same_of_the_limit_is_no_event(ruled: MemoryApp, tmp_path: Path) -> None:
    scored(ruled, tmp_path, CVE_2026_0001=0.03, CVE_2026_0002=0.7)
    made(scope={"repository": "other"})
    assert rule_events(ruled) == ["ScoresAdopted", "FindingDisabled", "FindingDisabled"]


def test_a_rule_that_is_changed_to_another_limit_goes_by_that_from_its_first_moment(ruled: MemoryApp) -> None:
    [rule] = ask(rules.list_rules)[1]["value"]
    changed = {**BODY, "criteria": {"epssBelow": 0.5}, "revision": 1}
    assert ask(rules.change_rule, method="PUT", body=changed, route={"id": rule["id"]})[0] == 200
    ruled.work()
    assert rule_events(ruled)[2:] == ["ScoresAdopted", "FindingDisabled"]
    assert hidden() == ["CVE-2026-0001", "DSA-2"]


def test_without_a_table_it_hides_nothing(app: MemoryApp) -> None:
    made()
    app.work()
    assert hidden() == []
    assert ask(gate.get_gate, "/?max=low", route=ONE)[0] == 409


@pytest.mark.parametrize("lost", ["too old", "switched off"])
def test_a_table_that_cannot_be_relied_on_any_more_makes_everything_count(
    ruled: MemoryApp, tmp_path: Path, lost: str
) -> None:
    before = ruled.world.clock()
    if lost == "too old":
        (tmp_path / "epss.csv.gz").write_bytes(b"<html>")
        ruled.world.clock.forward(days=30)
        advisories.refresh_signals(Tick())
    else:
        ruled.world.clock.forward(days=1)
        put_in_force(ruled, tmp_path, None, None)
        ruled.adopt_signals.where_used()
    ruled.work()
    assert (hidden(), ruled.health().disabled_findings) == ([], 0)
    assert hidden(before) == ["CVE-2026-0001"]
    [newest, *_] = ask(images.list_history, route=ONE)[1]["value"]
    assert "cannot be relied on" in newest["health"]["because"][0]["what"]


def test_an_index_made_anew_and_a_row_made_anew_say_the_same(ruled: MemoryApp, tmp_path: Path) -> None:
    scored(ruled, tmp_path, CVE_2026_0001=0.5, CVE_2026_0002=0.05)
    fresh = ruled.new_index().found(FindingCriteria(disabled=True))
    assert [one.judged.finding.cve or one.judged.finding.advisory for one in fresh] == hidden()
    row = ruled.images.get(image_id())
    assert row is not None
    assert ruled.projector.fold(image_id(), ruled.projector.rules_now()) == row[0]


def test_the_preview_goes_by_the_scores_of_now_writes_nothing_and_comes_true(app: MemoryApp) -> None:
    advisories.refresh_signals(Tick())
    app.world.clock.forward(minutes=1)
    status, told = ask(rules.preview_rule, method="POST", body={"criteria": BODY["criteria"]})
    assert (status, told["findings"], rule_events(app)) == (200, 1, [])
    made()
    app.work()
    assert len(hidden()) == told["findings"]


def test_a_long_table_is_adopted_at_once_in_parts(app: MemoryApp, tmp_path: Path) -> None:
    scored(app, tmp_path, **{f"CVE_2024_{number}": 0.01 for number in range(20_000, 40_000, 2)})
    made()
    app.work()
    assert rule_events(app) == [*["ScoresAdopted"] * 3, "FindingDisabled"]
    assert hidden() == ["CVE-2026-0001"]


def test_a_timer_that_fires_again_and_again_changes_nothing(ruled: MemoryApp, tmp_path: Path) -> None:
    scored(ruled, tmp_path, CVE_2026_0001=0.5)
    row = ruled.images.get(image_id())
    for _ in range(3):
        advisories.refresh_signals(Tick())
        ruled.work()
    assert rule_events(ruled)[2:] == ["ScoresAdopted"]
    assert ruled.images.get(image_id()) == row


@pytest.mark.parametrize("limit", [0, -0.1, 1.5, "0.1", True])
def test_a_limit_is_a_probability(app: MemoryApp, limit: object) -> None:
    assert ask(rules.make_rule, method="POST", body={**BODY, "criteria": {"epssBelow": limit}})[0] == 400


def test_there_are_at_most_ten_limits_and_another_rule_takes_one_of_them(app: MemoryApp) -> None:
    advisories.refresh_signals(Tick())
    rule, *_ = [made(criteria={"epssBelow": number / 20}) for number in range(1, 11)]
    told = rule_events(app)
    status, answer = ask(rules.make_rule, method="POST", body={**BODY, "criteria": {"epssBelow": 0.77}})
    assert (status, answer["error"]["code"]) == (400, "InvalidParameter")
    assert "take one of these: 0.05, 0.1, " in answer["error"]["message"]
    assert ask(rules.preview_rule, method="POST", body={"criteria": {"epssBelow": 0.77}})[0] == 400
    assert rule_events(app) == told
    made(criteria={"epssBelow": 0.3, "severityBelow": "high"})
    ask(rules.remove_rule, "/x?reason=done", method="DELETE", route={"id": rule["id"]})
    made(criteria={"epssBelow": 0.77})


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"expires": "2020-01-01T00:00:00Z"}])
def test_for_a_rule_that_is_refused_nothing_is_adopted(app: MemoryApp, wrong: dict[str, str]) -> None:
    advisories.refresh_signals(Tick())
    assert ask(rules.make_rule, method="POST", body={**BODY, **wrong})[0] == 400
    assert rule_events(app) == []


def test_for_a_rule_that_was_made_before_and_says_something_else_nothing_is_adopted(app: MemoryApp) -> None:
    advisories.refresh_signals(Tick())
    again = {"x-ms-client-request-id": "r1"}
    assert ask(rules.make_rule, method="POST", body=BODY, headers=again)[0] == 201
    other = {**BODY, "criteria": {"epssBelow": 0.5}}
    assert ask(rules.make_rule, method="POST", body=other, headers=again)[0] == 409
    assert rule_events(app) == ["ScoresAdopted", "FindingDisabled"]
