"""When an organisation is told something of an image, and when not."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.findings import Finding
from shared.domain.image import ImageState
from shared.domain.image_health import Health, ImageHealth, image_health
from shared.domain.notices import Judged, NoticeKind, Told, news, silently
from shared.domain.severity import Severity
from tests.support.examples import START, finding, image_id

HIGH, OTHER, LOW = finding("CVE-1"), finding("CVE-2"), finding("CVE-3", Severity.LOW)


def health_of(health: Health) -> ImageHealth:
    shown = image_health(image_id(), ImageState(), (), Severity.LOW, START.date())
    return msgspec.structs.replace(shown, health=health)


def image(*found: Finding, health: Health | None = None, listed: bool = True) -> Judged:
    return Judged(listed, health_of(health or (Health.UNHEALTHY if found else Health.HEALTHY)), found)


def kinds(*states: Judged) -> list[NoticeKind | None]:
    told, found = Told(), []
    for state in states:
        told, notice = news(told, state, Severity.HIGH)
        found.append(notice.kind if notice else None)
    return found


U, A, R = NoticeKind.UNHEALTHY, NoticeKind.FINDINGS_ADDED, NoticeKind.RESOLVED


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ([image()], [None]),
        ([image(HIGH)], [U]),
        ([image(HIGH), image(HIGH)], [U, None]),
        ([image(HIGH), image(HIGH, OTHER)], [U, A]),
        ([image(HIGH), image(HIGH, LOW)], [U, None]),
        ([image(LOW), image(LOW, HIGH)], [U, A]),
        ([image(HIGH, OTHER), image(HIGH), image(HIGH, OTHER)], [U, None, A]),
        ([image(HIGH), image()], [U, R]),
        ([image(HIGH), image(), image()], [U, R, None]),
        ([image(HIGH), image(), image(HIGH)], [U, R, U]),
        ([image(HIGH), image(health=Health.NOT_ASSESSED), image(HIGH)], [U, None, None]),
        ([image(HIGH), image(health=Health.NOT_ASSESSED), image()], [U, None, R]),
        ([image(health=Health.NOT_ASSESSED), image(health=Health.UNSUPPORTED), image()], [None, None, None]),
        ([image(HIGH), image(listed=False)], [U, R]),
        ([image(), image(listed=False)], [None, None]),
        ([image(HIGH), image(listed=False), image(HIGH)], [U, R, U]),
    ],
)
def test_turns_and_what_is_new_are_told_and_nothing_else(states: list[Judged], told: list[NoticeKind | None]) -> None:
    assert kinds(*states) == told


def test_a_notice_lists_the_worst_findings_and_counts_all() -> None:
    many = [finding(f"CVE-{number}", Severity.LOW) for number in range(10, 40)]
    _, notice = news(Told(), image(*many, HIGH), Severity.HIGH)
    assert notice is not None
    assert (notice.findings[0], len(notice.findings), notice.finding_count) == (HIGH, 20, 31)
    told, _ = news(Told(), image(*many), Severity.LOW)
    _, notice = news(told, image(*many, OTHER), Severity.LOW)
    assert notice is not None
    assert (notice.findings, notice.reason) == ((OTHER,), "1 new finding")


def test_of_too_many_findings_only_turns_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.domain.notices._MOST_KNOWN", 1)
    told, notice = news(Told(), image(HIGH, OTHER), Severity.HIGH)
    assert (told.known, notice.kind if notice else None) == (None, U)
    told, notice = news(told, image(HIGH), Severity.HIGH)
    assert notice is None
    assert news(told, image(HIGH, OTHER), Severity.HIGH)[1] is not None
    assert news(told, image(), Severity.HIGH)[1] is not None


def test_what_was_known_before_is_taken_silently() -> None:
    told = silently(image(HIGH), Severity.HIGH)
    assert news(told, image(HIGH), Severity.HIGH)[1] is None
    assert news(told, image(), Severity.HIGH)[1] is not None


FLAWS = st.lists(st.sampled_from([HIGH, OTHER, LOW]), unique_by=lambda one: one.id)


@given(st.lists(FLAWS, max_size=8))
def test_every_severe_finding_of_a_bad_image_is_told_before_it_is_known(states: list[list[Finding]]) -> None:
    """Turns alternate, and whoever reads all notices knows every severe finding of an image that is bad."""
    told, known, bad = Told(), set[str](), False
    for found in states:
        told, notice = news(told, image(*found), Severity.HIGH)
        if notice and notice.kind is U:
            assert not bad
            bad, known = True, {one.id for one in notice.findings}
        elif notice and notice.kind is R:
            assert bad
            bad = False
        elif notice:
            assert bad

            known |= {one.id for one in notice.findings}
        assert bad == bool(found)
        if bad:
            assert {one.id for one in found if one.severity is Severity.HIGH} <= known
