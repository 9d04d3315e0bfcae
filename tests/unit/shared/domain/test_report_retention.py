"""Which reports of an image are needed, and what is recorded of those that are not."""

from datetime import UTC, datetime

from shared.domain.criteria import Criteria
from shared.domain.events import DomainEvent, ImagePulled, RecordedEvent, ReportsDeleted
from shared.domain.report_retention import delete_reports, deleted_reports, named_reports, needed_reports
from shared.domain.rules import Rule, RuleScope
from tests.support.examples import at, completed, image_id, recorded

NEVER = datetime(2100, 1, 1, tzinfo=UTC)


def stream(*events: DomainEvent) -> list[RecordedEvent]:
    """Return events that happened a minute apart."""
    return [recorded(number, event, at(number)) for number, event in enumerate(events, start=1)]


def scans(*reports: str, charged: int = 0) -> list[RecordedEvent]:
    made = [
        completed(f"s{number}", report=name, charged=number == charged, advisories_at=at(number))
        for number, name in enumerate(reports, start=1)
    ]
    return stream(*made)


def rule(minute: float, scope: RuleScope | None = None) -> Rule:
    return Rule("r", scope or RuleScope(), Criteria(("CVE-1",)), "", "", at(minute))


def test_the_report_of_the_last_scan_is_always_needed() -> None:
    assert needed_reports(image_id(), scans("a", "b", "c"), [], NEVER) == {"c"}


def test_a_report_is_needed_that_stood_at_the_cutoff_or_later() -> None:
    events = scans("a", "b", "c", "d")
    assert needed_reports(image_id(), events, [], at(2.5)) == {"b", "c", "d"}
    assert needed_reports(image_id(), events, [], at(3)) == {"c", "d"}


def test_equal_reports_of_several_scans_stood_for_all_their_time() -> None:
    assert needed_reports(image_id(), scans("a", "a", "a", "b"), [], at(3.5)) == {"a", "b"}
    assert needed_reports(image_id(), scans("a", "b", "a", "b"), [], at(3.5)) == {"a", "b"}


def test_the_report_that_the_image_was_charged_for_is_needed() -> None:
    assert needed_reports(image_id(), scans("a", "b", "c", charged=2), [], NEVER) == {"b", "c"}


def test_the_report_that_stood_when_a_rule_was_made_is_needed_where_the_rule_concerns_the_image() -> None:
    events = scans("a", "b", "c", "d")
    assert needed_reports(image_id(), events, [rule(2.5)], NEVER) == {"b", "d"}
    assert needed_reports(image_id(), events, [rule(0.5)], NEVER) == {"d"}
    elsewhere = RuleScope(registry="fabrikam.azurecr.io")
    assert needed_reports(image_id(), events, [rule(2.5, elsewhere)], NEVER) == {"d"}


def test_a_scan_that_ended_late_with_older_advisories_never_stood() -> None:
    late = completed("late", report="late", advisories_at=at(-9))
    events = [*scans("a"), recorded(2, late, at(2)), recorded(3, completed("s", report="b"), at(3))]
    assert needed_reports(image_id(), events, [], NEVER) == {"b"}
    assert needed_reports(image_id(), events, [], at(1.5)) == {"a", "b", "late"}


def test_an_image_without_a_report_needs_none() -> None:
    events = stream(ImagePulled("app"), completed("s1", report=""))
    assert named_reports(events) == set()
    assert needed_reports(image_id(), events, [], NEVER) == set()


def test_what_a_later_scan_made_again_is_no_longer_deleted() -> None:
    events = stream(completed("s1", report="a"), ReportsDeleted(("a", "b"), 1), completed("s2", report="a"))
    assert deleted_reports(events) == {"b"}


def test_only_what_is_not_needed_is_deleted_and_only_once() -> None:
    events = [*scans("a", "b", "c", "d"), recorded(5, ReportsDeleted(("a",), 7), at(5))]
    assert delete_reports(events, {"a", "b", "c", "x"}, {"c", "d"}, 7) == [ReportsDeleted(("b",), 7)]


def test_many_reports_are_recorded_in_several_events_that_fit() -> None:
    events = scans(*(f"{number:064}" for number in range(450)))
    made = delete_reports(events, named_reports(events), {f"{449:064}"}, 7)
    assert [len(event.reports) for event in made if isinstance(event, ReportsDeleted)] == [200, 200, 49]
