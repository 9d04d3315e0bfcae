"""What is done with each field of the OSV format, seen from the findings."""

from pathlib import Path

import pytest

from shared.advisories.osv import Affected, Record
from shared.domain.findings import Finding, FixStatus
from shared.domain.severity import Severity
from tests.unit.shared.advisories.osv_samples import Json, affected, database, findings_of, fixed_in, package, record

V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"
BEFORE_2 = fixed_in("npm", "a", "2.0.0")


def _findings(tmp_path: Path, *records: Json, version: str = "1.0.0") -> list[Finding]:
    return findings_of(database(tmp_path, {"npm": records}), package("npm", "a", version))


def _finding(tmp_path: Path, *entries: Json, **more: object) -> Finding:
    (finding,) = _findings(tmp_path, record("GHSA-1", *(entries or (BEFORE_2,)), **more))
    return finding


def test_the_fields_that_are_read_are_these() -> None:
    read = "id modified published withdrawn aliases upstream related summary details severity affected references"
    assert set(Record.__struct_fields__) == {*read.split(), "database_specific"}
    read = "package ranges versions severity ecosystem_specific database_specific"
    assert set(Affected.__struct_fields__) == set(read.split())


def test_id_published_summary_and_references_are_shown(tmp_path: Path) -> None:
    finding = _finding(
        tmp_path,
        published="2024-01-01T00:00:00Z",
        summary="Overflow",
        details="Long text",
        references=[{"type": "FIX", "url": "https://example.org/1"}],
    )
    assert (finding.advisory, finding.published, finding.title) == ("GHSA-1", "2024-01-01T00:00:00Z", "Overflow")
    assert finding.references == ("https://example.org/1",)


def test_withdrawn_takes_the_record_back(tmp_path: Path) -> None:
    gone = record("GHSA-1", BEFORE_2, withdrawn="2024-01-01T00:00:00Z")
    assert _findings(tmp_path, gone, record("GHSA-2", fixed_in("npm", "b", "1.0.0"))) == []


def test_aliases_and_a_single_upstream_are_names_of_the_flaw_and_related_is_not(tmp_path: Path) -> None:
    finding = _finding(tmp_path, aliases=["CVE-2024-1000"], upstream=["OTHER-1"], related=["CVE-2024-1001"])
    assert (finding.cve, finding.aliases) == ("CVE-2024-1000", ("GHSA-1", "OTHER-1"))


def test_several_upstream_are_as_many_findings(tmp_path: Path) -> None:
    found = _findings(tmp_path, record("USN-1", BEFORE_2, upstream=["CVE-2024-1000", "CVE-2024-1001"]))
    assert [finding.cve for finding in found] == ["CVE-2024-1000", "CVE-2024-1001"]


def test_the_newest_cvss_counts_and_all_ratings_are_kept(tmp_path: Path) -> None:
    vectors = [{"type": f"CVSS_V{number}", "score": vector} for number, vector in ((2, V2), (3, V3), (4, V4))]
    finding = _finding(tmp_path, severity=vectors)
    assert [rating.score for rating in finding.ratings] == [7.5, 9.8, 6.9]
    assert (finding.cvss, finding.severity) == (6.9, Severity.MEDIUM)


def test_severity_of_the_affected_entry_is_that_of_its_package(tmp_path: Path) -> None:
    other = {**fixed_in("npm", "b", "2.0.0"), "severity": [{"type": "CVSS_V3", "score": V3}]}
    own = {**BEFORE_2, "severity": [{"type": "CVSS_V4", "score": V4}]}
    assert _finding(tmp_path, own, other).cvss == 6.9


def test_the_word_of_the_database_comes_before_vectors(tmp_path: Path) -> None:
    finding = _finding(
        tmp_path, severity=[{"type": "CVSS_V3", "score": V3}], database_specific={"severity": "LOW", "cwe_ids": []}
    )
    assert (finding.severity, finding.cvss) == (Severity.LOW, 9.8)


@pytest.mark.parametrize(("word", "severity"), [("unmaintained", "negligible"), ("unsound", "unknown")])
def test_a_notice_of_rustsec_is_negligible_and_unsoundness_is_not(tmp_path: Path, word: str, severity: str) -> None:
    entry = affected("crates.io", "a", {"introduced": "0.0.0-0"}, database_specific={"informational": word})
    held = database(tmp_path, {"crates.io": [record("RUSTSEC-1", entry)]})
    (finding,) = findings_of(held, package("crates.io", "a", "1.0.0"))
    assert finding.severity == severity


def test_several_entries_and_ranges_of_one_package_are_one_finding(tmp_path: Path) -> None:
    entries = [
        affected("npm", "a", {"introduced": "3.0.0"}, {"fixed": "3.1.0"}),
        affected("npm", "a", {"introduced": "1.0.0"}, {"last_affected": "1.5.0"}, versions=["2.0.0"]),
    ]
    hits = {}
    for version in ("0.9.0", "1.5.0", "1.5.1", "2.0.0", "3.0.5", "3.1.0"):
        found = _findings(tmp_path / version, record("GHSA-1", *entries), version=version)
        hits[version] = [(finding.fixed_version, finding.fix_status) for finding in found]
    fixed = [("3.1.0", FixStatus.FIXED)]
    assert hits == {"0.9.0": [], "1.5.0": fixed, "1.5.1": [], "2.0.0": fixed, "3.0.5": fixed, "3.1.0": []}


def test_introduced_fixed_last_affected_and_limit_end_as_they_say(tmp_path: Path) -> None:
    statuses = {}
    for end in ("fixed", "last_affected", "limit", "introduced"):
        entry = affected("npm", "a", {"introduced": "0"}, {end: "1.5.0"})
        (finding,) = _findings(tmp_path / end, record("GHSA-1", entry))
        statuses[end] = (finding.fixed_version, finding.fix_status)
    assert statuses == {
        "fixed": ("1.5.0", FixStatus.FIXED),
        "last_affected": (None, FixStatus.UNKNOWN),
        "limit": (None, FixStatus.UNKNOWN),
        "introduced": (None, FixStatus.NOT_FIXED),
    }


def test_an_entry_that_only_names_commits_is_undetermined(tmp_path: Path) -> None:
    commits = {"type": "GIT", "repo": "https://example.org/a", "events": [{"introduced": "0"}, {"fixed": "c0ffee"}]}
    finding = _finding(tmp_path, {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [commits]})
    assert finding.undetermined == "the advisory names only commits"


def test_the_symbols_of_a_go_module_do_not_narrow_it(tmp_path: Path) -> None:
    imports = {"imports": [{"path": "example.org/m/internal", "goos": ["windows"], "symbols": ["F"]}]}
    feed = [
        record("GO-1", fixed_in("Go", "example.org/m", "1.2.0", ecosystem_specific=imports)),
        record("GO-2", fixed_in("Go", "stdlib", "1.22.2", ecosystem_specific={"imports": [{"path": "net/http"}]})),
        record("GO-3", fixed_in("Go", "toolchain", "1.22.2")),
    ]
    installed = [package("Go", name, version) for name, version in (("example.org/m", "v1.1.0"), ("stdlib", "v1.22.1"))]
    found = findings_of(database(tmp_path, {"Go": feed}), *installed)
    assert [finding.advisory for finding in found] == ["GO-1", "GO-2"]


def test_functions_and_systems_of_a_crate_do_not_narrow_it(tmp_path: Path) -> None:
    affects = {"affects": {"os": ["windows"], "arch": ["x86"], "functions": ["a::f"]}, "affected_functions": None}
    entry = affected("crates.io", "a", {"introduced": "0"}, {"fixed": "2.0.0"}, ecosystem_specific=affects)
    held = database(tmp_path, {"crates.io": [record("RUSTSEC-1", entry)]})
    assert len(findings_of(held, package("crates.io", "a", "1.0.0"))) == 1


def test_a_repository_behind_the_ecosystem_is_left_out(tmp_path: Path) -> None:
    entry = fixed_in("Maven:https://maven.google.com", "androidx.a:b", "2.0")
    held = database(tmp_path, {"Maven": [record("GHSA-1", entry)]})
    assert len(findings_of(held, package("Maven", "androidx.a:b", "1.0"))) == 1


def test_an_entry_without_a_package_is_left_to_others(tmp_path: Path) -> None:
    nowhere = {"ranges": [{"type": "GIT", "repo": "https://example.org/a", "events": [{"introduced": "0"}]}]}
    assert len(_findings(tmp_path, record("GHSA-1", nowhere, BEFORE_2))) == 1
