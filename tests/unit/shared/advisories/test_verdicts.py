from shared.advisories.intervals import FIRST, NEVER
from shared.advisories.schema import AffectedRow
from shared.advisories.verdicts import Installed, Verdict, first_fix, judge
from shared.advisories.versions.scheme import Scheme, sort_key


def _interval(start: str | None, stop: str | None, *, fixed: bool = True) -> AffectedRow:
    first = sort_key(Scheme.SEMVER, start) if start else FIRST
    last = sort_key(Scheme.SEMVER, stop) if stop else NEVER
    return AffectedRow(1, first, last, stop if fixed else None, None, None, None)


def _exact(*versions: str) -> AffectedRow:
    return AffectedRow(1, None, None, None, "\n" + "\n".join(versions) + "\n", None, None)


UNDECIDED = AffectedRow(1, None, None, None, None, "cannot be ordered", None)


def _installed(version: str) -> Installed:
    return Installed.of(version, Scheme.SEMVER)


def _judge(version: str, *rows: AffectedRow) -> str | None:
    verdict = judge(1, rows, _installed(version))
    return None if verdict is None else verdict.undecided or "affected"


def test_an_interval_has_its_start_and_not_its_stop() -> None:
    row = _interval("1.0.0", "2.0.0")
    assert [_judge(version, row) for version in ("0.9.9", "1.0.0", "1.9.9", "2.0.0-rc.1", "2.0.0")] == [
        None,
        "affected",
        "affected",
        "affected",
        None,
    ]


def test_one_of_several_intervals_is_enough() -> None:
    rows = (_interval("1.0.0", "1.5.0"), _interval("2.0.0", "2.3.0"))
    assert [_judge(version, *rows) for version in ("1.2.0", "1.7.0", "2.2.0")] == ["affected", None, "affected"]


def test_an_exact_version_is_a_whole_one() -> None:
    row = _exact("latest", "1.0.x")
    assert _judge("latest", row) == "affected"
    assert _judge("late", row) is None
    assert _judge("1.0.0", row) is None


def test_an_installed_version_without_a_key_is_undecided_and_never_unaffected() -> None:
    reason = "the installed version cannot be ordered: '?' is not a valid semantic version"
    assert _judge("?", _interval("1.0.0", "2.0.0")) == reason


def test_every_version_is_affected_even_one_without_a_key() -> None:
    assert _judge("?", _interval(None, None)) == "affected"


def test_a_range_that_cannot_be_ordered_is_undecided_unless_another_one_decides() -> None:
    assert _judge("1.0.0", UNDECIDED) == "cannot be ordered"
    assert _judge("1.0.0", UNDECIDED, _interval(None, "2.0.0")) == "affected"
    assert _judge("3.0.0", UNDECIDED, _interval(None, "2.0.0")) == "cannot be ordered"


def test_an_ecosystem_without_an_order_leaves_versions_undecided() -> None:
    installed = Installed.of("1.0", None)
    assert judge(1, (_exact("1.0"),), installed) == Verdict(1, (_exact("1.0"),), None)
    verdict = judge(1, (UNDECIDED,), installed)
    assert verdict is not None
    assert verdict.undecided == "cannot be ordered"


def _fix(version: str, *verdicts: tuple[AffectedRow, ...]) -> str | None:
    return first_fix(_installed(version), [Verdict(1, rows, None) for rows in verdicts])


def test_the_fix_is_the_lowest_one_above_the_installed_version() -> None:
    rows = (_interval("1.0.0", "1.5.0"), _interval("2.0.0", "2.3.0"))
    assert _fix("1.2.0", rows) == "1.5.0"
    assert _fix("2.2.0", rows) == "2.3.0"


def test_a_fix_that_another_advisory_calls_affected_is_none() -> None:
    assert _fix("1.0.0", (_interval(None, "2.0.0"),), (_interval(None, "2.1.0"),)) == "2.1.0"


def test_a_contradicted_fix_is_better_than_none() -> None:
    assert _fix("1.0.0", (_interval(None, "2.0.0"),), (_interval(None, None),)) == "2.0.0"


def test_a_fix_below_the_installed_version_is_none() -> None:
    assert _fix("2.5.0", (_interval(None, "1.0.0"), _interval("2.0.0", None))) is None
    assert _fix("?", (_interval(None, "1.0.0"),)) is None


def test_a_last_affected_version_is_no_fix() -> None:
    assert _fix("1.0.0", (_interval(None, "2.0.0", fixed=False),)) is None
