import msgspec
import pytest

from shared.advisories.intervals import FIRST, NEVER, Interval, affected_versions, including, named_versions
from shared.advisories.osv import Affected
from shared.advisories.versions.scheme import Scheme, sort_key
from tests.unit.shared.advisories.osv_samples import affected


def _key(version: str) -> bytes:
    return sort_key(Scheme.SEMVER, version)


def _intervals(*events: dict[str, str], **more: object) -> tuple[Interval, ...]:
    entry = msgspec.convert(affected("npm", "a", *events, **more), Affected)
    found = affected_versions(entry, Scheme.SEMVER)
    assert found.undecided is None
    return found.intervals


def test_everything_before_a_fix() -> None:
    assert _intervals({"introduced": "0"}, {"fixed": "1.5"}) == (Interval(FIRST, _key("1.5"), "1.5"),)


def test_without_a_fix_there_is_no_end() -> None:
    assert _intervals({"introduced": "1.2"}) == (Interval(_key("1.2"), NEVER),)


def test_the_last_affected_version_is_affected() -> None:
    (interval,) = _intervals({"introduced": "0"}, {"last_affected": "1.5"})
    assert interval == Interval(FIRST, including(_key("1.5")))
    assert interval.start <= _key("1.5") < interval.stop
    assert not _key("1.5.1") < interval.stop


def test_several_intervals_in_any_order_of_events() -> None:
    expected = (Interval(_key("1"), _key("1.5"), "1.5"), Interval(_key("2"), _key("2.3"), "2.3"))
    ordered = [{"introduced": "1"}, {"fixed": "1.5"}, {"introduced": "2"}, {"fixed": "2.3"}]
    assert _intervals(*ordered) == expected
    assert _intervals(*reversed(ordered)) == expected


def test_neighbouring_intervals_stay_apart() -> None:
    assert _intervals({"introduced": "1"}, {"fixed": "2"}, {"introduced": "2"}, {"fixed": "3"}) == (
        Interval(_key("1"), _key("2"), "2"),
        Interval(_key("2"), _key("3"), "3"),
    )


def test_of_several_fixes_the_first_ends_the_interval() -> None:
    assert _intervals({"introduced": "0"}, {"fixed": "1"}, {"fixed": "2"}) == (Interval(FIRST, _key("1"), "1"),)


def test_fixed_in_zero_means_not_affected() -> None:
    assert _intervals({"introduced": "0"}, {"fixed": "0"}) == ()


def test_a_limit_ends_an_interval_without_a_fix() -> None:
    assert _intervals({"introduced": "1"}, {"limit": "2"}) == (Interval(_key("1"), _key("2")),)
    assert _intervals({"introduced": "1"}, {"limit": "*"}) == (Interval(_key("1"), NEVER),)


@pytest.mark.parametrize("events", [[{"fixed": "2"}], [{}], []])
def test_a_range_without_a_beginning_is_undecided(events: list[dict[str, str]]) -> None:
    entry = {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": events}]}
    found = affected_versions(msgspec.convert(entry, Affected), Scheme.SEMVER)
    assert found == ((), (), "the advisory's range cannot be ordered: it has no beginning")


def test_a_range_of_an_unknown_type_is_undecided() -> None:
    entry = {
        "package": {"ecosystem": "npm", "name": "a"},
        "ranges": [{"type": "DATE", "events": [{"introduced": "0"}]}],
    }
    found = affected_versions(msgspec.convert(entry, Affected), Scheme.SEMVER)
    assert found == ((), (), "the advisory's range cannot be ordered: its type 'DATE' is unknown")


def test_what_is_introduced_again_where_it_was_fixed_is_affected_in_any_order_of_events() -> None:
    events = [{"introduced": "1"}, {"fixed": "2"}, {"introduced": "2"}, {"fixed": "3"}]
    assert _intervals(*events) == _intervals(*reversed(events))
    assert len(_intervals(*events)) == 2


def test_listed_versions_in_a_range_are_not_kept_twice() -> None:
    found = _intervals({"introduced": "1"}, {"fixed": "2"}, versions=["1.0.0", "1.5.0", "3.0.0"])
    assert found == (Interval(_key("1"), _key("2"), "2"), Interval(_key("3"), including(_key("3"))))


def test_listed_versions_without_a_key_stay_as_texts() -> None:
    entry = msgspec.convert(affected("npm", "a", versions=["1.0.0", "latest"]), Affected)
    found = affected_versions(entry, Scheme.SEMVER)
    assert found.exact == ("latest",)
    assert found.intervals == (Interval(_key("1"), including(_key("1"))),)


GIT = {"type": "GIT", "repo": "https://example.org/a.git", "events": [{"introduced": "0"}, {"fixed": "c0ffee"}]}


def test_ranges_of_commits_are_left_to_others_where_versions_are_named_too() -> None:
    entry = {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [GIT], "versions": ["1.0.0"]}
    found = affected_versions(msgspec.convert(entry, Affected), Scheme.SEMVER)
    assert found == ((Interval(_key("1"), including(_key("1"))),), (), None)
    entry["ranges"] = [GIT, {"type": "SEMVER", "events": [{"introduced": "2"}]}]
    assert affected_versions(msgspec.convert(entry, Affected), Scheme.SEMVER).undecided is None


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        ([GIT], "the advisory names only commits"),
        ([], "the advisory names no versions"),
        (None, "the advisory names no versions"),
    ],
)
def test_an_entry_without_any_version_is_undecided(ranges: object, reason: str) -> None:
    entry = {"package": {"ecosystem": "npm", "name": "a"}, "ranges": ranges, "versions": None}
    assert affected_versions(msgspec.convert(entry, Affected), Scheme.SEMVER) == ((), (), reason)


def test_every_version_that_is_named_is_known_but_the_beginning_and_commits() -> None:
    entry = affected("npm", "a", {"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}, {"last_affected": "3"})
    entry = {**entry, "versions": ["0.1"], "ranges": [*msgspec.to_builtins(entry["ranges"]), GIT]}
    assert named_versions(msgspec.convert(entry, Affected)) == ("1", "2", "3", "0.1")


@pytest.mark.parametrize("event", ["introduced", "fixed", "last_affected", "limit"])
def test_a_version_that_cannot_be_ordered_leaves_its_range_undecided_and_the_others_in_force(event: str) -> None:
    broken = {"type": "SEMVER", "events": [{"introduced": "0"}, {event: "?"}]}
    sound = {"type": "SEMVER", "events": [{"introduced": "1"}]}
    entry = {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [broken, sound]}
    found = affected_versions(msgspec.convert(entry, Affected), Scheme.SEMVER)
    assert found.intervals == (Interval(_key("1"), NEVER),)
    assert found.undecided == "the advisory's range cannot be ordered: '?' is not a valid semantic version"


def test_without_a_version_order_only_exact_versions_are_known() -> None:
    entry = msgspec.convert(affected("Maven", "a", {"introduced": "1"}, versions=["1.0", "1.1"]), Affected)
    found = affected_versions(entry, None)
    assert found.intervals == ()
    assert found.exact == ("1.0", "1.1")
    assert found.undecided is not None
    assert "no version order is known" in found.undecided


def test_a_range_over_everything_needs_no_version_order() -> None:
    entry = msgspec.convert(affected("Maven", "a", {"introduced": "0"}, versions=["1.0"]), Affected)
    assert affected_versions(entry, None) == ((Interval(FIRST, NEVER),), (), None)


def test_a_last_affected_rpm_version_without_a_release_stands_for_all_of_its_releases() -> None:
    def affects(last: str, installed: str) -> bool:
        entry = msgspec.convert(affected("Azure Linux:3", "a", {"introduced": "0"}, {"last_affected": last}), Affected)
        ((start, stop, _),) = affected_versions(entry, Scheme.RPM).intervals
        return start <= sort_key(Scheme.RPM, installed) < stop

    for installed in ("1.2.13", "1.2.13-1", "1.2.13-99.azl3", "1.2.13-1^git", "1.2.12-5"):
        assert affects("1.2.13", installed)
    for installed in ("1.2.13.1-1", "1.2.14-1", "1.2.13^git-1", "1:1.2.13-1"):
        assert not affects("1.2.13", installed)
    assert affects("1.2.13-1", "1.2.13-1")
    assert not affects("1.2.13-1", "1.2.13-2")
