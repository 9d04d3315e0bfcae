import pytest

from shared.advisories.flaws import Claim, Flaw, choose_severity, merge
from shared.advisories.intervals import FIRST, NEVER
from shared.advisories.schema import AffectedRow, Details
from shared.advisories.verdicts import Installed, Verdict
from shared.advisories.versions.scheme import Scheme, sort_key
from shared.domain.findings import FixStatus, Rating
from shared.domain.severity import Severity

HIGH_WORD = Rating("GitHub", Severity.HIGH)
LOW_WORD = Rating("Debian", Severity.LOW)
V2 = Rating("X", Severity.HIGH, 9.0, "AV:N")
V3 = Rating("X", Severity.CRITICAL, 9.8, "CVSS:3.1/x")
V3_LOW = Rating("Y", Severity.LOW, 2.0, "CVSS:3.1/y")
V4 = Rating("X", Severity.MEDIUM, 5.5, "CVSS:4.0/x")
UNREADABLE = Rating("X", Severity.UNKNOWN, None, "CVSS:3.1/?")


@pytest.mark.parametrize(
    ("own", "others", "severity", "score"),
    [
        ([], [], Severity.UNKNOWN, None),
        ([UNREADABLE], [], Severity.UNKNOWN, None),
        ([V3, LOW_WORD], [], Severity.LOW, 9.8),
        ([LOW_WORD, HIGH_WORD], [], Severity.HIGH, None),
        ([V2, V3_LOW, V3], [], Severity.CRITICAL, 9.8),
        ([V3, V4], [], Severity.MEDIUM, 5.5),
        ([V2], [V4], Severity.HIGH, 9.0),
        ([], [V3, HIGH_WORD], Severity.CRITICAL, 9.8),
        ([], [HIGH_WORD], Severity.HIGH, None),
        ([LOW_WORD], [V3], Severity.LOW, 9.8),
        ([UNREADABLE], [V3], Severity.CRITICAL, 9.8),
    ],
)
def test_the_vendors_word_then_cvss_then_what_aliases_say(
    own: list[Rating], others: list[Rating], severity: Severity, score: float | None
) -> None:
    assert choose_severity(own, others) == (severity, score)


def _claim(
    name: str,
    *aliases: str,
    covers: tuple[str, ...] = (),
    fixed: str | None = "2.0.0",
    undecided: str | None = None,
    ratings: tuple[Rating, ...] = (),
    published: str | None = None,
) -> Claim:
    stop = sort_key(Scheme.SEMVER, fixed) if fixed else NEVER
    rows = (AffectedRow(1, FIRST, stop, fixed, None, undecided, None),)
    title = f"title of {name}"
    details = Details(name, (name, *aliases), covers, published, title, (f"https://example.org/{name}",), ratings)
    return Claim(Verdict(1, rows, undecided), details, ())


def _merge(*claims: Claim, others: tuple[Rating, ...] = ()) -> tuple[Flaw, ...]:
    return merge(claims, Installed.of("1.0.0", Scheme.SEMVER), lambda _: others)


def test_records_that_alias_each_other_are_one_flaw() -> None:
    (flaw,) = _merge(_claim("GHSA-1", "CVE-2024-1000"), _claim("PYSEC-1", "CVE-2024-1000", "GHSA-1"))
    assert flaw.cve == "CVE-2024-1000"
    assert flaw.advisory == "GHSA-1"
    assert flaw.aliases == ("GHSA-1", "PYSEC-1")
    assert flaw.references == ("https://example.org/GHSA-1", "https://example.org/PYSEC-1")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_a_record_that_ties_two_others_makes_one_flaw_of_all_three(order: tuple[int, ...]) -> None:
    claims = [_claim("A-1", "CVE-2024-1000"), _claim("B-1", "CVE-2024-1000", "C-1"), _claim("C-1")]
    (flaw,) = _merge(*(claims[place] for place in order))
    assert flaw.aliases == ("A-1", "B-1", "C-1")


def test_two_cves_are_two_flaws_though_one_record_names_both() -> None:
    found = _merge(
        _claim("GHSA-1", "CVE-2024-1000", "CVE-2024-1001", fixed="1.5.0"),
        _claim("GHSA-2", "CVE-2024-1001", fixed="2.0.0"),
    )
    assert [(flaw.cve, flaw.aliases, flaw.fixed_version) for flaw in found] == [
        ("CVE-2024-1000", ("GHSA-1",), "1.5.0"),
        ("CVE-2024-1001", ("GHSA-1", "GHSA-2"), "2.0.0"),
    ]


def test_two_records_that_both_name_two_cves_are_two_flaws_and_neither_hides_the_later_fix() -> None:
    both = ("CVE-2024-1000", "CVE-2024-1001")
    found = _merge(_claim("GHSA-1", *both, fixed="1.5.0"), _claim("GHSA-2", *both, fixed="2.0.0"))
    assert [(flaw.cve, flaw.aliases, flaw.fixed_version) for flaw in found] == [
        ("CVE-2024-1000", ("GHSA-1", "GHSA-2"), "2.0.0"),
        ("CVE-2024-1001", ("GHSA-1", "GHSA-2"), "2.0.0"),
    ]


def test_a_record_without_a_cve_speaks_for_every_cve_of_the_record_that_it_aliases() -> None:
    found = _merge(_claim("PYSEC-1", "GHSA-1"), _claim("GHSA-1", "CVE-2024-1000", "CVE-2024-1001"))
    assert [(flaw.cve, flaw.aliases) for flaw in found] == [
        ("CVE-2024-1000", ("GHSA-1", "PYSEC-1")),
        ("CVE-2024-1001", ("GHSA-1", "PYSEC-1")),
    ]


def test_records_of_two_cves_that_share_another_name_are_two_flaws() -> None:
    found = _merge(_claim("A-1", "CVE-2024-1000", "GHSA-1"), _claim("B-1", "CVE-2024-1001", "GHSA-1"))
    assert [(flaw.cve, flaw.advisory) for flaw in found] == [("CVE-2024-1000", "A-1"), ("CVE-2024-1001", "B-1")]


def test_records_without_a_common_name_stay_apart() -> None:
    found = _merge(_claim("GHSA-1", "CVE-2024-1000"), _claim("GHSA-2", "CVE-2024-1001"), _claim("GHSA-3"))
    assert [flaw.cve for flaw in found] == ["CVE-2024-1000", "CVE-2024-1001", None]


def test_an_erratum_speaks_for_each_flaw_that_it_covers_without_merging_them() -> None:
    erratum = _claim("DSA-1", covers=("CVE-2024-1000", "CVE-2024-1001"))
    found = _merge(erratum, _claim("DEBIAN-CVE-2024-1000", "CVE-2024-1000"))
    assert {flaw.cve: flaw.aliases for flaw in found} == {
        "CVE-2024-1000": ("DEBIAN-CVE-2024-1000", "DSA-1"),
        "CVE-2024-1001": ("DSA-1",),
    }
    assert {flaw.cve: flaw.advisory for flaw in found} == {
        "CVE-2024-1000": "DEBIAN-CVE-2024-1000",
        "CVE-2024-1001": "DSA-1",
    }


def test_all_ratings_are_kept_once() -> None:
    one, other = _claim("A-1", "CVE-2024-1000", ratings=(V3,)), _claim("B-1", "CVE-2024-1000", ratings=(V3, HIGH_WORD))
    (flaw,) = _merge(one, other, others=(V4, V3))
    assert set(flaw.ratings) == {V3, HIGH_WORD, V4}
    assert len(flaw.ratings) == 3


def test_the_record_with_the_vendors_word_stands_for_the_flaw() -> None:
    (flaw,) = _merge(_claim("A-1", "B-1", ratings=(V3,)), _claim("B-1", ratings=(HIGH_WORD,)))
    assert flaw.advisory == "B-1"
    assert flaw.title == "title of B-1"


def test_one_decided_record_decides_the_flaw() -> None:
    (flaw,) = _merge(_claim("A-1", "B-1", undecided="odd"), _claim("B-1"))
    assert flaw.undetermined is None
    assert flaw.advisory == "B-1"
    assert flaw.fixed_version == "2.0.0"


def test_an_undecided_flaw_names_the_reason_and_no_fix() -> None:
    (flaw,) = _merge(_claim("A-1", undecided="odd"))
    assert flaw.undetermined == "odd"
    assert flaw.fixed_version is None
    assert flaw.fix_status is FixStatus.UNKNOWN


def test_a_flaw_that_never_ends_is_not_fixed() -> None:
    (flaw,) = _merge(_claim("A-1", fixed=None))
    assert flaw.fix_status is FixStatus.NOT_FIXED


def test_a_flaw_that_its_vendor_leaves_unfixed_says_so_unless_there_is_a_fix() -> None:
    claim = _claim("A-1", fixed=None)
    rows = tuple(row._replace(will_not_fix=True) for row in claim.verdict.rows)
    left = claim._replace(verdict=claim.verdict._replace(rows=rows))
    assert _merge(left)[0].fix_status is FixStatus.WILL_NOT_FIX
    assert _merge(left, _claim("B-1", "A-1"))[0].fix_status is FixStatus.FIXED


def test_the_first_publication_counts() -> None:
    claims = [_claim("A-1", "B-1", published="2024-02-01T00:00:00Z"), _claim("B-1", published="2024-01-01T00:00:00Z")]
    (flaw,) = _merge(*claims, _claim("C-1", "B-1"))
    assert flaw.published == "2024-01-01T00:00:00Z"
