"""A rule on EPSS scores over real storage: findings follow their scores from one table to the next, by events alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.bootstrap import App
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ScoresAdopted
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.domain.suppositions import Supposition
from shared.services.what_if import WhatIfQuestion
from tests.support.made_images import debian_image
from tests.support.service import Service
from tests.support.signal_feeds import epss, write_feeds

RULE = FindingDisabled("rule-1", RuleScope(), Criteria(epss_below=0.1), "unlikely to be exploited", "sam")
# So many others, none beside another, that adopting them takes more than one event.
OTHERS = {f"CVE_2024_{number}": 0.01 for number in range(20_000, 40_000, 2)}


@pytest.fixture
def scored(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """An installation with a table of scores, and its rule."""
    service = make_service(**write_feeds(tmp_path, None, epss(**OTHERS, CVE_2026_1000=0.05)))
    service.app.refresh_advisories()
    service.app.refresh_signals()
    service.app.disable_findings.disable(RULE)
    return service


def told(service: Service, tmp_path: Path, score: float) -> datetime:
    """Let a table give the flaw of the image another score; return a time right before."""
    before = datetime.now(UTC)
    write_feeds(tmp_path, None, epss(**OTHERS, CVE_2026_1000=score))
    service.app.refresh_signals()
    service.drain()
    return before


def test_a_finding_counts_again_when_its_score_rises_and_is_hidden_again_when_it_falls(
    scored: Service, tmp_path: Path
) -> None:
    about = ImageId(scored.host, scored.pushed("team/app", debian_image({"openssl": "3.0.11-1"})))
    scored.drain()
    seen = [scored.image(about.digest).health]
    times = [told(scored, tmp_path, score) for score in (0.3, 0.02)]
    seen.append(scored.image(about.digest).health)

    assert seen == [Health.HEALTHY, Health.HEALTHY]
    # Between the two it was unhealthy: of now, of then, in its history, and in a row that another worker makes anew.
    then = scored.app.query_images.findings(about, times[1])
    assert [one.disabled_by for one in then] == [None]
    assert [one.disabled_by for one in scored.app.query_images.findings(about, times[0])] == ["rule-1"]
    changes = [one for one in scored.app.query_history(about, None) if isinstance(one.recorded.event, ScoresAdopted)]
    assert sorted((one.health.was, one.health.to) for one in changes if one.health) == [
        (Health.HEALTHY, Health.UNHEALTHY),
        (Health.UNHEALTHY, Health.HEALTHY),
    ]
    another = App(scored.app.settings)
    row = another.projector.fold(about, another.projector.rules_now())
    assert row is not None
    assert row == scored.app.images.get(about)[0]  # type: ignore[index]


def test_a_long_table_is_adopted_in_one_append_and_the_log_stays_sound(scored: Service) -> None:
    events = scored.app.log.load(scored.app.rules.stream).events
    adopted = [one.event for one in events if isinstance(one.event, ScoresAdopted)]
    assert [one.more for one in adopted] == [True, True, False]
    assert len({one.meta.recorded_at for one in events[:3]}) == 1
    [low] = [rule.signals.scores for rule in scored.app.rules.book().active(datetime.now(UTC)) if rule.signals]
    assert low is not None
    assert len(low.cves) == len(OTHERS) + 1


def test_what_if_tells_what_switching_the_rule_on_then_does(
    make_service: Callable[..., Service], tmp_path: Path
) -> None:
    service = make_service(**write_feeds(tmp_path, None, epss(CVE_2026_1000=0.05)))
    service.app.refresh_advisories()
    service.app.refresh_signals()
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}))
    service.drain()
    supposed = service.app.what_if(WhatIfQuestion(Supposition(rule=RULE)))
    previewed = service.app.preview_rule(RULE)
    assert service.image(digest).health is Health.UNHEALTHY
    service.app.disable_findings.disable(RULE)
    service.drain()
    assert service.image(digest).health is Health.HEALTHY
    assert [(one.before.health, one.after.health) for one in supposed.value] == [(Health.UNHEALTHY, Health.HEALTHY)]
    assert (previewed.findings, previewed.become_healthy) == (1, 1)
